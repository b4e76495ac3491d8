// Package cut shortens texts for those who read them, in whole characters.
package cut

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Prefix returns the first bytes of a text, at most so many.
func Prefix(text string, most int) string {
	if len(text) <= most {
		return text
	}
	n := max(most, 0)
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

// Head is Prefix with a mark where something is missing.
func Head(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return Prefix(text, most) + "…"
}

// Middle keeps the head and the tail of a text that has more than most bytes, about two
// to one, cut at the ends of lines where lines are short, and says between them what is
// missing.
func Middle(text string, most int) string {
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
