package chat

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// appendJSON appends the JSON text raw to dst in the form of Python's json.dumps with
// ensure_ascii off, which is what the models' templates print: keys in the order they
// have, ", " and ": " between, non-ASCII and <, >, & as they are, floats in their shortest
// form, the last of equal keys at the place of the first. encoding/json sorts the keys of
// maps and leaves the spaces out, so it cannot be used here.
//
// Two things differ from Python, where Python's text would be no JSON: a float too large
// for 64 bits keeps its digits, and an unpaired surrogate stays an escape.
func appendJSON(dst []byte, raw []byte) ([]byte, error) {
	if !json.Valid(raw) {
		var v any
		return dst, json.Unmarshal(raw, &v) // says what is wrong and where
	}
	e := encoder{src: raw}
	return e.value(dst), nil
}

// encoder walks over JSON that is valid.
type encoder struct {
	src []byte
	pos int
}

// peek returns the next byte that is not white space.
func (e *encoder) peek() byte {
	for {
		switch c := e.src[e.pos]; c {
		case ' ', '\t', '\r', '\n':
			e.pos++
		default:
			return c
		}
	}
}

func (e *encoder) value(dst []byte) []byte {
	switch e.peek() {
	case '{':
		return e.object(dst)
	case '[':
		return e.array(dst)
	case '"':
		return appendRaw(dst, e.str())
	default:
		start := e.pos
		for e.pos < len(e.src) && !strings.ContainsRune(",]} \t\r\n", rune(e.src[e.pos])) {
			e.pos++
		}
		return appendLiteral(dst, string(e.src[start:e.pos]))
	}
}

func (e *encoder) array(dst []byte) []byte {
	e.pos++
	dst = append(dst, '[')
	for first := true; e.peek() != ']'; first = false {
		if !first {
			e.pos++ // the comma
			dst = append(dst, ", "...)
		}
		dst = e.value(dst)
	}
	e.pos++
	return append(dst, ']')
}

func (e *encoder) object(dst []byte) []byte {
	e.pos++
	type entry struct{ key, value []byte }
	var entries []entry
	index := map[string]int{}
	for first := true; e.peek() != '}'; first = false {
		if !first {
			e.pos++
			e.peek()
		}
		key := appendRaw(nil, e.str())
		e.peek()
		e.pos++ // the colon
		value := e.value(nil)
		if i, ok := index[string(key)]; ok {
			entries[i].value = value
			continue
		}
		index[string(key)] = len(entries)
		entries = append(entries, entry{key, value})
	}
	e.pos++
	dst = append(dst, '{')
	for i, x := range entries {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		dst = append(append(append(dst, x.key...), ": "...), x.value...)
	}
	return append(dst, '}')
}

// str returns the string at pos with its quotes, as it stands.
func (e *encoder) str() []byte {
	start := e.pos
	for e.pos++; e.src[e.pos] != '"'; e.pos++ {
		if e.src[e.pos] == '\\' {
			e.pos++
		}
	}
	e.pos++
	return e.src[start:e.pos]
}

// appendRaw appends a JSON string literal in Python's spelling.
func appendRaw(dst, literal []byte) []byte {
	dst = append(dst, '"')
	s := literal[1 : len(literal)-1]
	for len(s) > 0 {
		if s[0] != '\\' {
			r, n := utf8.DecodeRune(s)
			dst = appendRune(dst, r)
			s = s[n:]
			continue
		}
		if s[1] != 'u' {
			dst = appendRune(dst, unescape(s[1]))
			s = s[2:]
			continue
		}
		r := hex4(s[2:])
		n := 6
		if utf16.IsSurrogate(r) {
			low := rune(-1)
			if len(s) >= 12 && s[6] == '\\' && s[7] == 'u' {
				low = hex4(s[8:])
			}
			if c := utf16.DecodeRune(r, low); c != utf8.RuneError {
				r, n = c, 12
			} else {
				dst = append(dst, strings.ToLower(string(s[:6]))...)
				s = s[6:]
				continue
			}
		}
		dst = appendRune(dst, r)
		s = s[n:]
	}
	return append(dst, '"')
}

// appendRune appends a rune of a string as Python's json.dumps spells it.
func appendRune(dst []byte, r rune) []byte {
	switch r {
	case '"', '\\':
		return append(dst, '\\', byte(r))
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	case '\b':
		return append(dst, `\b`...)
	case '\f':
		return append(dst, `\f`...)
	}
	if r < 0x20 {
		return fmt.Appendf(dst, `\u%04x`, r)
	}
	return utf8.AppendRune(dst, r)
}

// appendString appends s as a JSON string.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for _, r := range s {
		dst = appendRune(dst, r)
	}
	return append(dst, '"')
}

// unescape returns what the letter after a backslash stands for; the letter itself if
// it stands for nothing else.
func unescape(c byte) rune {
	switch c {
	case 'n':
		return '\n'
	case 't':
		return '\t'
	case 'r':
		return '\r'
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	}
	return rune(c)
}

// hex4 reads four hexadecimal digits; -1 if they are none.
func hex4[T string | []byte](s T) rune {
	if len(s) < 4 {
		return -1
	}
	n, err := strconv.ParseUint(string(s[:4]), 16, 16)
	if err != nil {
		return -1
	}
	return rune(n)
}

// appendLiteral appends a number, true, false or null. A number without fraction and
// exponent is an integer of any size; another is a float, in the digits of Python's repr.
func appendLiteral(dst []byte, s string) []byte {
	if c := s[0]; c != '-' && (c < '0' || c > '9') {
		return append(dst, s...)
	}
	if s == "-0" {
		return append(dst, '0')
	}
	if !strings.ContainsAny(s, ".eE") {
		return append(dst, s...)
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(f, 0) {
		return append(dst, s...)
	}
	return append(dst, pythonFloat(f)...)
}

// pythonFloat returns repr(f): the fewest digits that read back as f, with an exponent
// if it is below -4 or above 15, and always with a point or an exponent.
func pythonFloat(f float64) string {
	s := strconv.FormatFloat(f, 'e', -1, 64)
	exp, _ := strconv.Atoi(s[strings.IndexByte(s, 'e')+1:])
	if f != 0 && (exp < -4 || exp >= 16) {
		return s // Go, like Python, writes at least two digits of the exponent
	}
	s = strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}
