//go:build unix && (!linux || !(amd64 || arm64))

package sandbox

import (
	"os"
	"syscall"
)

// ownSession starts a program in a session and process group of its own.
func ownSession() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

// killSession kills the process group of a program.
func killSession(p *os.Process) { syscall.Kill(-p.Pid, syscall.SIGKILL) }
