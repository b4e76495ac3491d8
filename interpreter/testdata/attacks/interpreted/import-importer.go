// try: import go/importer
// layer: language
// effect: word: it runs
// want: CompileError.*cannot be imported
// bare: no, nothing outside is aimed at
// only: interpreted
package main

import "go/importer"

func main() {
	importer.Default()
	effect("it runs")
}
