// try: import runtime/debug
// layer: language
// effect: word: it runs
// want: CompileError.*cannot be imported
// bare: no, nothing outside is aimed at
// only: interpreted
package main

import "runtime/debug"

func main() {
	debug.SetMemoryLimit(1 << 62)
	effect("it runs")
}
