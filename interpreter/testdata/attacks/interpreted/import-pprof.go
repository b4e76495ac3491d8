// try: import runtime/pprof
// layer: language
// effect: word: it runs
// want: CompileError.*cannot be imported
// bare: no, nothing outside is aimed at
// only: interpreted
package main

import "runtime/pprof"

func main() {
	pprof.Lookup("goroutine")
	effect("it runs")
}
