// try: leave a process behind that belongs to nobody
// layer: pid namespace
// effect: left: it is still there
// want: begun|permitted
// bare: no, it would be left on this machine
// layer-interpreted: language
// want-interpreted: CompileError.*syscall.*cannot be imported
package main

import (
	"fmt"
	"os"
	"syscall"
)

func main() {
	self, _ := os.Executable()
	if len(os.Args) > 1 {
		select {}
	}
	if self == "" {
		self = os.Args[0]
	}
	p, err := os.StartProcess("/proc/self/exe", []string{"cell", "stay"}, &os.ProcAttr{Sys: &syscall.SysProcAttr{Setsid: true}})
	if err != nil {
		_, err = syscall.ForkExec(self, []string{"cell", "stay"}, &syscall.ProcAttr{Sys: &syscall.SysProcAttr{Setsid: true}})
	}
	fmt.Println("begun", p, err)
}
