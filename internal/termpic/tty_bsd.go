//go:build darwin || freebsd || netbsd || openbsd || dragonfly

package termpic

import "golang.org/x/sys/unix"

const (
	getTermios = unix.TIOCGETA
	setTermios = unix.TIOCSETA
)
