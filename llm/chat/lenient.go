package chat

import (
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Models write JSON that is nearly right. parseLenient reads it with these repairs, and
// no others: single quotes; keys without quotes; // and /* */ comments; trailing commas;
// line breaks and other control characters inside a string; a backslash before a
// character that needs none; True, False and None; braces and brackets missing at the
// end. A string that is missing its end is refused: what was cut off cannot be known.

const (
	maxDepth = 64      // nesting of values
	maxNodes = 1 << 16 // values in one text
)

var errJSON = errors.New("not JSON, even with repairs")

// node is a value of a parsed text. text is the string of a string, and the JSON text of
// a number, true, false or null.
type node struct {
	kind       byte // '{', '[', '"' or '0' for the rest
	text       string
	keys       []string // of an object, one for each of kids
	kids       []node
	start, end int // where it stands in the source
}

// get returns the value of a key, the last one if there are several.
func (n *node) get(key string) *node {
	for i := len(n.keys) - 1; i >= 0; i-- {
		if n.keys[i] == key {
			return &n.kids[i]
		}
	}
	return nil
}

// appendTo appends the value as JSON, in Python's form.
func (n *node) appendTo(dst []byte) []byte {
	switch n.kind {
	case '"':
		return appendString(dst, n.text)
	case '0':
		return append(dst, n.text...)
	}
	dst = append(dst, n.kind)
	for i := range n.kids {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		if n.kind == '{' {
			dst = append(appendString(dst, n.keys[i]), ": "...)
		}
		dst = n.kids[i].appendTo(dst)
	}
	return append(dst, n.kind+2) // the closing bracket of both is two further on
}

// source returns the value as it was written in src if that is JSON, else as repaired.
func (n *node) source(src string) json.RawMessage {
	if s := src[n.start:n.end]; json.Valid([]byte(s)) {
		return json.RawMessage(s)
	}
	return n.appendTo(nil)
}

// parseLenient reads the value at the start of s, white space and comments before it
// allowed, and returns how long it is. After an error the value is empty.
func parseLenient(s string) (n node, length int, err error) {
	p := lenient{src: s}
	if n, err = p.value(0); err != nil {
		return node{}, 0, err
	}
	return n, p.pos, nil
}

type lenient struct {
	src   string
	pos   int
	nodes int
}

// peek returns the next byte that matters, 0 at the end.
func (p *lenient) peek() byte {
	for p.pos < len(p.src) {
		rest := p.src[p.pos:]
		switch {
		case strings.IndexByte(" \t\r\n", rest[0]) >= 0:
			p.pos++
		case strings.HasPrefix(rest, "//"):
			p.pos += skipTo(rest, "\n")
		case strings.HasPrefix(rest, "/*"):
			p.pos += 2 + skipTo(rest[2:], "*/")
		default:
			return rest[0]
		}
	}
	return 0
}

// skipTo returns the length of s up to and with the first end, all of it without one.
func skipTo(s, end string) int {
	if i := strings.Index(s, end); i >= 0 {
		return i + len(end)
	}
	return len(s)
}

func (p *lenient) value(depth int) (node, error) {
	if p.nodes++; depth > maxDepth || p.nodes > maxNodes {
		return node{}, errJSON
	}
	c := p.peek()
	n := node{kind: c, start: p.pos}
	var err error
	switch c {
	case '{', '[':
		err = p.members(&n, depth)
	case '"', '\'':
		n.kind = '"'
		n.text, err = p.str()
	default:
		n.kind = '0'
		n.text, err = p.literal()
	}
	n.end = p.pos
	return n, err
}

// members reads an object or an array. The end of the text ends it too.
func (p *lenient) members(n *node, depth int) error {
	p.pos++
	for {
		switch p.peek() {
		case 0:
			return nil
		case n.kind + 2:
			p.pos++
			return nil
		}
		if n.kind == '{' {
			key, err := p.key()
			if err != nil {
				return err
			}
			n.keys = append(n.keys, key)
		}
		kid, err := p.value(depth + 1)
		if err != nil {
			return err
		}
		n.kids = append(n.kids, kid)
		switch p.peek() {
		case ',':
			p.pos++
		case n.kind + 2, 0:
		default:
			return errJSON
		}
	}
}

// key reads a key and its colon.
func (p *lenient) key() (key string, err error) {
	if c := p.src[p.pos]; c == '"' || c == '\'' {
		key, err = p.str()
	} else {
		key, err = p.word()
	}
	if err == nil && p.peek() != ':' {
		err = errJSON
	}
	p.pos++
	return key, err
}

// word reads letters, digits, _ and $.
func (p *lenient) word() (string, error) {
	start := p.pos
	for p.pos < len(p.src) {
		c := p.src[p.pos]
		if c != '_' && c != '$' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			break
		}
		p.pos++
	}
	if start == p.pos {
		return "", errJSON
	}
	return p.src[start:p.pos], nil
}

func (p *lenient) literal() (string, error) {
	start := p.pos
	for p.pos < len(p.src) && strings.IndexByte("+-.0123456789", p.src[p.pos]) >= 0 ||
		p.pos < len(p.src) && p.src[p.pos]|0x20 >= 'a' && p.src[p.pos]|0x20 <= 'z' {
		p.pos++
	}
	s := p.src[start:p.pos]
	switch s {
	case "True", "False":
		return strings.ToLower(s), nil
	case "None":
		return "null", nil
	}
	if !json.Valid([]byte(s)) {
		return "", errJSON
	}
	return s, nil
}

func (p *lenient) str() (string, error) {
	d := stringDecoder{quote: p.src[p.pos]}
	p.pos++
	text, n := d.decode(p.src[p.pos:])
	p.pos += n
	if !d.done {
		return "", errJSON
	}
	return text, nil
}

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
