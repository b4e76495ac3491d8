package main

import (
	"os"
	"strings"

	"golang.org/x/term"
)

// style is how text is marked on a stream; the zero value marks nothing.
type style struct{ colours bool }

// The marks of ECMA-48.
const (
	dim   = "\x1b[2m"
	bold  = "\x1b[1m"
	red   = "\x1b[31m"
	cyan  = "\x1b[36m"
	plain = "\x1b[0m"
)

// styleOf marks text on terminals that can show it, unless NO_COLOR is set
// (https://no-color.org).
func styleOf(f *os.File) style {
	return style{colours: isTerminal(f) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
}

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// mark returns s between a mark and its end.
func (s style) mark(mark, text string) string {
	if !s.colours || text == "" {
		return text
	}
	return mark + text + plain
}

// printable takes control characters out of a model's words, so that they cannot move the
// cursor or hide what stands above them.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 {
			return -1
		}
		return r
	}, s)
}
