// try: import golang.org/x/sys/unix
// layer: language
// effect: word: it runs
// want: CompileError.*cannot be imported
// bare: no, nothing outside is aimed at
// only: interpreted
package main

import "golang.org/x/sys/unix"

func main() {
	unix.Kill(PARENT, 9)
	effect("it runs")
}
