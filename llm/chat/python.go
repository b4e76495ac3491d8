package chat

import (
	"strconv"
	"strings"
	"unicode"
)

// What the templates do with Python's own functions on the values of JSON.

// pythonString returns str(value) of a value of src, which is in Python's form (appendJSON).
func pythonString(n *node, src string) string {
	if n.kind == '"' {
		return n.text
	}
	return pythonRepr(n, src)
}

// pythonRepr returns repr(value).
func pythonRepr(n *node, src string) string {
	switch n.kind {
	case '"':
		return pythonQuoted(n.text)
	case '0':
		switch n.text {
		case "true":
			return "True"
		case "false":
			return "False"
		case "null":
			return "None"
		}
		return n.text
	}
	parts := make([]string, len(n.kids))
	for i := range n.kids {
		if n.kind == '{' {
			parts[i] = pythonQuoted(n.keys[i]) + ": "
		}
		parts[i] += pythonRepr(&n.kids[i], src)
	}
	return string(n.kind) + strings.Join(parts, ", ") + string(n.kind+2)
}

// pythonQuoted returns repr(s): in single quotes, unless only these are in it.
func pythonQuoted(s string) string {
	quote := byte('\'')
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		quote = '"'
	}
	b := []byte{quote}
	for _, r := range s {
		switch {
		case r == rune(quote) || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\r':
			b = append(b, `\r`...)
		case r == '\t':
			b = append(b, `\t`...)
		case r == ' ' || unicode.IsPrint(r):
			b = append(b, string(r)...)
		case r < 0x100:
			b = append(b, `\x`+hexDigits(r, 2)...)
		case r < 0x10000:
			b = append(b, `\u`+hexDigits(r, 4)...)
		default:
			b = append(b, `\U`+hexDigits(r, 8)...)
		}
	}
	return string(append(b, quote))
}

func hexDigits(r rune, n int) string {
	s := strconv.FormatInt(int64(r), 16)
	return strings.Repeat("0", n-len(s)) + s
}

// strip returns s.strip(): what Python takes for white space are Unicode's and four
// separators of ASCII.
func strip(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f })
}
