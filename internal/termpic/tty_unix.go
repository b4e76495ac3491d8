//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package termpic

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// patience is how long a terminal may take to answer. One at the other end of a slow line
// may need a while; one that never answers must not keep the user waiting.
const patience = 600 * time.Millisecond

// Detect returns how the terminal that f is shows pictures: what the environment says, else
// what the terminal answers. It is None if f is no terminal.
func Detect(f *os.File) Protocol {
	if _, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ); err != nil {
		return None
	}
	if p, known := fromEnv(os.Getenv); known {
		return p
	}
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return None
	}
	defer tty.Close()
	fd := int(tty.Fd())
	// In the background the terminal would stop us for asking.
	if group, err := unix.IoctlGetInt(fd, unix.TIOCGPGRP); err != nil || group != unix.Getpgrp() {
		return None
	}
	before, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil {
		return None
	}
	quiet := *before
	quiet.Lflag &^= unix.ICANON | unix.ECHO // the answer is no line, and not for the user
	quiet.Cc[unix.VMIN], quiet.Cc[unix.VTIME] = 0, 1
	if err := unix.IoctlSetTermios(fd, setTermios, &quiet); err != nil {
		return None
	}
	defer unix.IoctlSetTermios(fd, setTermios, before)
	question := questions
	if os.Getenv("TMUX") != "" {
		question = attributes // it passes nothing on, and answers for itself
	}
	return ask(tty, question, patience)
}

// ScreenOf returns the size of the terminal that f is.
func ScreenOf(f *os.File) Screen {
	size, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ)
	if err != nil {
		return Screen{}
	}
	return Screen{Columns: int(size.Col), Rows: int(size.Row), Width: int(size.Xpixel), Height: int(size.Ypixel)}
}
