// try: import plugin
// layer: language
// effect: word: it runs
// want: CompileError.*cannot be imported
// bare: no, nothing outside is aimed at
// only: interpreted
package main

import "plugin"

func main() {
	plugin.Open("/evil.so")
	effect("it runs")
}
