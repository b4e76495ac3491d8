// try: import a package of the workspace
// layer: language
// effect: word: it runs
// want: CompileError.*cannot be imported
// bare: no, nothing outside is aimed at
// only: interpreted
package main

import "./sub"

func main() {
	sub.Run()
	effect("it runs")
}
