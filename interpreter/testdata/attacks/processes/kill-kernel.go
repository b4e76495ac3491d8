// try: end the program that builds and runs its cells
// layer: session
// effect: parent: the session does not say so
// want: Crash|sent|permitted|ended
// bare: no, the parent sees it without a sandbox too
// layer-interpreted: language
// want-interpreted: CompileError.*syscall.*cannot be imported
package main

import (
	"fmt"
	"os"
	"syscall"
)

func main() {
	for number := syscall.Signal(1); number < 32; number++ {
		if number != syscall.SIGSTOP && number != syscall.SIGTSTP {
			syscall.Kill(os.Getppid(), number)
		}
	}
	fmt.Println("sent")
}
