// try: import os/exec
// layer: language
// effect: word: it runs
// want: CompileError.*cannot be imported
// bare: no, nothing outside is aimed at
// only: interpreted
package main

import "os/exec"

func main() {
	exec.Command("/bin/sh").Run()
	effect("it runs")
}
