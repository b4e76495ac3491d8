// try: kill another program and the agent
// layer: pid namespace
// effect: process: one is gone
// want: no such process|process already finished|operation not permitted
// layer-interpreted: language
// want-interpreted: CompileError.*syscall.*cannot be imported
// bare-interpreted: no, the kernel refuses it without a sandbox too
package main

import (
	"fmt"
	"os"
	"syscall"
)

func main() {
	for _, pid := range []int{VICTIM, PARENT, -VICTIM} {
		fmt.Println(syscall.Kill(pid, syscall.SIGTERM))
	}
	if p, err := os.FindProcess(VICTIM); err == nil {
		fmt.Println(p.Kill())
	}
}
