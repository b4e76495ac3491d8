package hub

import "golang.org/x/sys/unix"

// endWithParent lets the system kill the command when this process is killed. Linux
// counts the thread that started it as the parent: its goroutine must stay locked to it.
func endWithParent(attr *unix.SysProcAttr) { attr.Pdeathsig = unix.SIGKILL }
