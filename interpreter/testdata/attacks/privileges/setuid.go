// try: become root
// layer: seccomp
// effect: word: it is root
// want: operation not permitted
// bare: no, it is root if root runs it
// layer-interpreted: language
// want-interpreted: CompileError.*syscall.*cannot be imported
package main

import (
	"fmt"
	"syscall"
)

func main() {
	_, _, errno := syscall.RawSyscall(syscall.SYS_SETRESUID, 0, 0, 0)
	if errno == 0 {
		effect("it is root")
	}
	fmt.Println(errno)
}
