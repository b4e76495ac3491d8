package python

import "strings"

// Incomplete says whether more lines must follow before the code of a prompt can run: a
// bracket or a text is open, a line goes on after a backslash, or a block has begun and no
// empty line has ended it.
func (Language) Incomplete(code string) bool {
	depth, quote := 0, ""
	var bare strings.Builder // code without comments
	for i := 0; i < len(code); i++ {
		rest, from := code[i:], i
		switch {
		case quote != "":
			switch {
			case rest[0] == '\\':
				i++
			case strings.HasPrefix(rest, quote):
				i += len(quote) - 1
				quote = ""
			case rest[0] == '\n' && len(quote) == 1:
				quote = "" // an error that Python will tell
			}
		case strings.HasPrefix(rest, `"""`), strings.HasPrefix(rest, "'''"):
			quote = rest[:3]
			i += 2
		case rest[0] == '"' || rest[0] == '\'':
			quote = rest[:1]
		case rest[0] == '#':
			end := strings.IndexByte(rest, '\n')
			if end < 0 {
				end = len(rest)
			}
			i += end
			from = i
		case strings.IndexByte("([{", rest[0]) >= 0:
			depth++
		case strings.IndexByte(")]}", rest[0]) >= 0:
			depth--
		}
		bare.WriteString(code[min(from, len(code)):min(i+1, len(code))])
	}
	code = bare.String()
	if depth > 0 || len(quote) == 3 || strings.HasSuffix(code, "\\") {
		return true
	}
	lines := strings.Split(code, "\n")
	last := strings.TrimSpace(lines[len(lines)-1])
	if last == "" {
		return false
	}
	first := strings.TrimSpace(lines[0])
	return len(lines) > 1 && strings.HasPrefix(lines[len(lines)-1], " ") || strings.HasSuffix(first, ":") ||
		strings.HasSuffix(last, ":") || strings.HasPrefix(first, "@")
}
