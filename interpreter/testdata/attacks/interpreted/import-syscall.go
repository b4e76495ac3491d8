// try: import syscall
// layer: language
// effect: word: it runs
// want: CompileError.*cannot be imported
// bare: no, nothing outside is aimed at
// only: interpreted
package main

import "syscall"

func main() {
	syscall.Kill(PARENT, 9)
	effect("it runs")
}
