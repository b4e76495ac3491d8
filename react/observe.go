package react

import (
	"regexp"
	"strings"
)

// escapes are the terminal control sequences that a program's output may have.
var escapes = regexp.MustCompile("\x1b(?:\\[[0-?]*[ -/]*[@-~]|\\][^\x07\x1b]*(?:\x07|\x1b\\\\)?|[ -/]*[0-~])")

// clean makes a result fit to be read by a model and shown on a terminal: valid UTF-8,
// with no control characters but newline and tab, no blanks at its end.
func clean(text string) string {
	text = strings.ToValidUTF8(text, "\ufffd")
	if strings.ContainsRune(text, '\x1b') {
		text = escapes.ReplaceAllString(text, "")
	}
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.Map(func(c rune) rune {
		switch {
		case c == '\n' || c == '\t':
			return c
		case c == '\r':
			return '\n'
		case c < ' ' || c >= 0x7f && c < 0xa0:
			return -1
		}
		return c
	}, text)
	return strings.TrimRight(text, " \t\n")
}
