package chat

// scanner finds the end of a JSON object or array without looking at a byte twice. It
// knows strings in both quotes and comments, as parseLenient does.
type scanner struct {
	depth   int
	quote   byte // of the string that it is in; 0 is outside
	escaped bool // the last byte was a backslash in a string
	comment byte // '/' in a comment to the end of the line, '*' in the other kind
	last    byte // the byte before, if it was '/' outside a string or '*' in a comment
}

// next takes one byte and reports whether it closes the outermost value.
func (s *scanner) next(c byte) (done bool) {
	last := s.last
	s.last = 0
	switch {
	case s.quote != 0:
		switch {
		case s.escaped:
			s.escaped = false
		case c == '\\':
			s.escaped = true
		case c == s.quote:
			s.quote = 0
		}
	case s.comment == '/':
		if c == '\n' {
			s.comment = 0
		}
	case s.comment == '*':
		if c == '/' && last == '*' {
			s.comment = 0
		} else if c == '*' {
			s.last = c
		}
	case last == '/' && (c == '/' || c == '*'):
		s.comment = c
	case c == '/':
		s.last = c
	case c == '{' || c == '[':
		s.depth++
	case c == '}' || c == ']':
		s.depth--
		return s.depth <= 0
	case (c == '"' || c == '\'') && s.depth > 0:
		s.quote = c
	}
	return false
}

// outside reports whether the place is in no string and no comment.
func (s *scanner) outside() bool { return s.quote == 0 && s.comment == 0 }
