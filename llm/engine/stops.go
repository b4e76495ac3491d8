package engine

import "strings"

// stops finds the first of several strings to be complete in text that comes in pieces.
type stops struct {
	strings []string
	held    string // the end of the text so far that may be the beginning of one
}

// write takes more text and returns what is certainly before any of the strings, and
// whether one was found. Nothing may be written after that.
func (s *stops) write(text string) (before string, found bool) {
	text = s.held + text
	start, end := -1, 0
	for _, stop := range s.strings {
		i := strings.Index(text, stop)
		if e := i + len(stop); i >= 0 && (start < 0 || e < end || e == end && i < start) {
			start, end = i, e
		}
	}
	if start >= 0 {
		s.held = ""
		return text[:start], true
	}
	held := 0
	for _, stop := range s.strings {
		for n := min(len(stop)-1, len(text)); n > held; n-- {
			if strings.HasSuffix(text, stop[:n]) {
				held = n
				break
			}
		}
	}
	s.held = text[len(text)-held:]
	return text[:len(text)-held], false
}

// flush returns what is held back at the end of the text.
func (s *stops) flush() string {
	held := s.held
	s.held = ""
	return held
}
