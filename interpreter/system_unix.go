//go:build unix

package interpreter

import "syscall"

// nonblock keeps the opening of a named pipe from waiting for who writes to it.
const nonblock = syscall.O_NONBLOCK

// readNow reads what there is.
func readNow(fd uintptr, p []byte) (int, error) { return syscall.Read(int(fd), p) }
