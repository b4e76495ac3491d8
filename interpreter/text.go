package interpreter

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
)

// size is a number of bytes for people.
func size(n int64) string {
	for _, u := range []struct {
		unit string
		n    int64
	}{{"GB", 1 << 30}, {"MB", 1 << 20}, {"KB", 1 << 10}} {
		if n >= u.n {
			return fmt.Sprintf("%.4g %s", float64(n)/float64(u.n), u.unit)
		}
	}
	return fmt.Sprintf("%d bytes", n)
}

// exitText says how a process ended.
func exitText(state *os.ProcessState) string {
	if state == nil {
		return "an unknown status"
	}
	if w, ok := state.Sys().(syscall.WaitStatus); ok && w.Signaled() {
		return fmt.Sprintf("signal %d (%v)", int(w.Signal()), w.Signal())
	}
	return fmt.Sprintf("status %d", state.ExitCode())
}

// said is the last lines of what a program wrote, to stand after an error.
func said(text string) string {
	text = strings.TrimSpace(text)
	if text == "" {
		return ""
	}
	return ": " + text[max(0, len(text)-2000):]
}

func brokenPipe(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, os.ErrClosed)
}

// join puts two notices into one.
func join(a, b string) string {
	return strings.TrimSpace(strings.TrimSpace(a) + "\n" + strings.TrimSpace(b))
}
