package chat

import (
	"encoding/json"
	"errors"
	"strings"
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
