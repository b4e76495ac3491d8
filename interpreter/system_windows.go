package interpreter

import "syscall"

const nonblock = 0

func readNow(fd uintptr, p []byte) (int, error) { return syscall.Read(syscall.Handle(fd), p) }
