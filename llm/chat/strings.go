package chat

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// stringDecoder decodes the inside of a JSON string in pieces. It takes what strict JSON
// refuses: control characters, and escapes that do not exist, which stand for themselves.
type stringDecoder struct {
	quote byte
	done  bool   // the closing quote was read
	held  string // an escape that is not complete
}

// decode decodes s up to the closing quote. It returns the text that is certain and how
// many bytes of s were read, all of them unless the string is done.
func (d *stringDecoder) decode(s string) (text string, n int) {
	var b strings.Builder
	given := len(d.held)
	s, d.held = d.held+s, ""
	i := 0
	for i < len(s) && !d.done {
		plain := 0
		for i+plain < len(s) && s[i+plain] != d.quote && s[i+plain] != '\\' {
			plain++
		}
		b.WriteString(s[i : i+plain])
		if i += plain; i == len(s) {
			break
		}
		if s[i] == d.quote {
			d.done = true
			i++
			break
		}
		r, length := decodeEscape(s[i:])
		if length == 0 {
			d.held, i = s[i:], len(s)
			break
		}
		b.WriteString(r)
		i += length
	}
	return b.String(), i - given
}

// flush returns what an escape that was cut off may stand for: itself.
func (d *stringDecoder) flush() string {
	s := d.held
	d.held = ""
	return s
}

// decodeEscape decodes the escape that s starts with. A length of 0 means that more of
// s is needed.
func decodeEscape(s string) (text string, length int) {
	if len(s) < 2 {
		return "", 0
	}
	switch c := s[1]; c {
	case '"', '\\', '/', '\'', '\n':
		return s[1:2], 2
	case 'n', 't', 'r', 'b', 'f':
		return string(unescape(c)), 2
	case 'u':
	default:
		return `\`, 1
	}
	digits := 0
	for digits < 4 && 2+digits < len(s) && isHex(s[2+digits]) {
		digits++
	}
	switch {
	case digits == 4:
	case 2+digits == len(s):
		return "", 0
	default:
		return `\`, 1
	}
	r := hex4(s[2:])
	if !utf16.IsSurrogate(r) {
		return string(r), 6
	}
	if r >= 0xDC00 {
		return string(utf8.RuneError), 6
	}
	// The other half has to follow.
	for i, want := range []byte{'\\', 'u'} {
		if len(s) == 6+i {
			return "", 0
		}
		if s[6+i] != want {
			return string(utf8.RuneError), 6
		}
	}
	for i := 8; i < 12; i++ {
		if i == len(s) {
			return "", 0
		}
		if !isHex(s[i]) {
			return string(utf8.RuneError), 6
		}
	}
	if c := utf16.DecodeRune(r, hex4(s[8:])); c != utf8.RuneError {
		return string(c), 12
	}
	return string(utf8.RuneError), 6
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f'
}
