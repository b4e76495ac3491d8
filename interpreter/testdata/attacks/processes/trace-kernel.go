// try: take control of the program that builds and runs its cells
// layer: seccomp
// effect: word: it is attached
// want: operation not permitted
// without: either
// bare: no, a program that is traced stops for good
// layer-interpreted: language
// want-interpreted: CompileError.*syscall.*cannot be imported
package main

import (
	"fmt"
	"os"
	"runtime"
	"syscall"
)

func main() {
	runtime.LockOSThread()
	err := syscall.PtraceAttach(os.Getppid())
	if err == nil {
		effect("it is attached")
		syscall.PtraceDetach(os.Getppid())
	}
	fmt.Println(err)
}
