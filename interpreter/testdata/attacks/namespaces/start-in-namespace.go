// try: start a process in a user namespace
// layer: seccomp
// effect: word: it is started
// want: operation not permitted
// without: either
// bare: no, the program has no path of its own there
// layer-interpreted: language
// want-interpreted: CompileError.*os/exec.*cannot be imported
package main

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

func main() {
	if len(os.Args) > 1 {
		return
	}
	cmd := exec.Command(os.Args[0], "inside")
	cmd.Path, _ = os.Executable()
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS}
	_, _, errno := syscall.RawSyscall6(syscall.SYS_CLONE, syscall.CLONE_NEWUSER|uintptr(syscall.SIGCHLD), 0, 0, 0, 0, 0)
	if errno == 0 {
		effect("it is started")
		return
	}
	fmt.Println(errno, cmd.Run())
}
