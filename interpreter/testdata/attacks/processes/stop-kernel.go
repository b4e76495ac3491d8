// try: stop the program that builds and runs its cells
// layer: session
// effect: hang: the result does not come
// want: sent|Timeout
// bare: no, the parent's clock runs without a sandbox too
// limits: wall=5s
// layer-interpreted: language
// want-interpreted: CompileError.*syscall.*cannot be imported
package main

import (
	"fmt"
	"os"
	"syscall"
)

func main() {
	syscall.Kill(os.Getppid(), syscall.SIGSTOP)
	fmt.Println("sent")
}
