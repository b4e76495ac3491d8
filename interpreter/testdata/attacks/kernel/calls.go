// try: make system calls that a cell has no use for
// layer: seccomp
// effect: word: one gets through
// want: 0 got through
// without: either
// bare: no, some would change this machine
// short: yes
// layer-interpreted: language
// want-interpreted: CompileError.*syscall.*cannot be imported
package main

import (
	"fmt"
	"syscall"
)

func main() {
	through := 0
	for name, number := range map[string]uintptr{
		"ptrace": syscall.SYS_PTRACE, "mount": syscall.SYS_MOUNT, "unshare": syscall.SYS_UNSHARE, "setuid": syscall.SYS_SETUID,
		"keyctl": syscall.SYS_KEYCTL, "add_key": syscall.SYS_ADD_KEY, "chroot": syscall.SYS_CHROOT, "perf_event_open": syscall.SYS_PERF_EVENT_OPEN,
		"socket": syscall.SYS_SOCKET, "io_uring_setup": 425, "pidfd_open": 434, "clone3": 435, "open_tree": 428, "memfd_secret": 447,
	} {
		_, _, errno := syscall.RawSyscall6(number, 0, 0, 0, 0, 0, 0)
		if errno != syscall.EPERM && errno != syscall.ENOSYS {
			through++
			effect(fmt.Sprint(name, ": ", errno))
		}
	}
	fmt.Println(through, "got through")
}
