package react

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
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

// shorten keeps the head and the tail of a text that has more than most bytes, about two
// to one, cut at the ends of lines where lines are short, and says between them what is
// missing.
func shorten(text string, most int) string {
	if len(text) <= most {
		return text
	}
	from, to := most*2/3, len(text)-most/3
	for from > 0 && !utf8.RuneStart(text[from]) {
		from--
	}
	for to < len(text) && !utf8.RuneStart(text[to]) {
		to++
	}
	if i := strings.LastIndexByte(text[:from], '\n'); i > from/2 {
		from = i + 1
	}
	if i := strings.IndexByte(text[to:], '\n'); i >= 0 && i < (len(text)-to)/2 && text[to-1] != '\n' {
		to += i + 1
	}
	cut := text[from:to]
	what := fmt.Sprintf("%d characters", utf8.RuneCountInString(cut))
	if lines := strings.Count(cut, "\n"); lines > 1 {
		what = fmt.Sprintf("%d lines", lines)
	}
	return fmt.Sprintf("%s\n[%s are left out here]\n%s", strings.TrimRight(text[:from], "\n"), what, text[to:])
}
