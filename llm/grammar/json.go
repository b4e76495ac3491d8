package grammar

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"
)

const (
	maxSchema  = 8 << 20 // bytes of a schema
	maxNesting = 64      // arrays and objects inside one another in a schema
)

// value is a JSON value that knows the order of its members and the spelling of its
// numbers.
type value struct {
	kind    kind
	text    string // text: the string; number: as it was written
	truth   bool
	items   []value
	members []member
}

type member struct {
	name  string
	value value
}

type kind byte

const (
	isNull kind = iota
	isBoolean
	isNumber
	isText
	isArray
	isObject
)

var kindNames = [...]string{"null", "boolean", "number", "string", "array", "object"}

func (k kind) String() string { return kindNames[k] }

// get returns the member with the name.
func (v *value) get(name string) (*value, bool) {
	for i := range v.members {
		if v.members[i].name == name {
			return &v.members[i].value, true
		}
	}
	return nil, false
}

// parseJSON reads one JSON value and nothing behind it.
func parseJSON(data []byte) (value, error) {
	if len(data) > maxSchema {
		return value{}, fmt.Errorf("%d bytes, want at most %d", len(data), maxSchema)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	v, err := parseValue(d, 0)
	if err == nil {
		if _, more := d.Token(); more != io.EOF {
			err = fmt.Errorf("more text behind the value, at byte %d", d.InputOffset())
		}
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return v, err
}

func parseValue(d *json.Decoder, depth int) (value, error) {
	if depth > maxNesting {
		return value{}, fmt.Errorf("nested more than %d deep, at byte %d", maxNesting, d.InputOffset())
	}
	t, err := d.Token()
	if err != nil {
		return value{}, err
	}
	switch t := t.(type) {
	case nil:
		return value{}, nil
	case bool:
		return value{kind: isBoolean, truth: t}, nil
	case json.Number:
		return value{kind: isNumber, text: t.String()}, nil
	case string:
		return value{kind: isText, text: t}, nil
	}
	v := value{kind: isArray}
	if t == json.Delim('{') {
		v.kind = isObject
	}
	var names map[string]bool
	for d.More() {
		var name string
		if v.kind == isObject {
			t, err := d.Token()
			if err != nil {
				return value{}, err
			}
			name = t.(string) // the decoder gives nothing else in this place
			if names[name] {
				return value{}, fmt.Errorf("the name %q stands twice in an object, at byte %d", name, d.InputOffset())
			}
			if names == nil {
				names = map[string]bool{}
			}
			names[name] = true
		}
		item, err := parseValue(d, depth+1)
		if err != nil {
			return value{}, err
		}
		if v.kind == isObject {
			v.members = append(v.members, member{name, item})
		} else {
			v.items = append(v.items, item)
		}
	}
	_, err = d.Token()
	return v, err
}

// canonical is v as a model is to write it: ", " between items and ": " after names, no
// escapes but the necessary ones, numbers as they were written.
func (v *value) canonical() string {
	var b strings.Builder
	v.write(&b)
	return b.String()
}

func (v *value) write(b *strings.Builder) {
	switch v.kind {
	case isNull:
		b.WriteString("null")
	case isBoolean:
		fmt.Fprint(b, v.truth)
	case isNumber:
		b.WriteString(v.text)
	case isText:
		writeString(b, v.text)
	case isArray:
		b.WriteByte('[')
		for i := range v.items {
			if i > 0 {
				b.WriteString(", ")
			}
			v.items[i].write(b)
		}
		b.WriteByte(']')
	case isObject:
		b.WriteByte('{')
		for i := range v.members {
			if i > 0 {
				b.WriteString(", ")
			}
			writeString(b, v.members[i].name)
			b.WriteString(": ")
			v.members[i].value.write(b)
		}
		b.WriteByte('}')
	}
}

func quote(s string) string {
	var b strings.Builder
	writeString(&b, s)
	return b.String()
}

func writeString(b *strings.Builder, s string) {
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\b':
			b.WriteString(`\b`)
		case r == '\f':
			b.WriteString(`\f`)
		case r < 0x20 || r == 0x7f:
			fmt.Fprintf(b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
}

// rational returns the exact value of a number.
func (v *value) rational() (*big.Rat, error) {
	// An exponent of a billion would be a number of a billion digits.
	if i := strings.IndexAny(v.text, "eE"); i >= 0 && len(strings.TrimLeft(v.text[i+1:], "+-0")) > 3 || len(v.text) > 2000 {
		return nil, fmt.Errorf("the number %.40s is too large", v.text)
	}
	r, ok := new(big.Rat).SetString(v.text)
	if !ok {
		return nil, fmt.Errorf("%.40s is no number", v.text)
	}
	return r, nil
}

// equal compares values as JSON Schema does: 1.0 is 1, and the order of members counts
// for nothing.
func (v *value) equal(w *value) bool {
	if v.kind != w.kind {
		return false
	}
	switch v.kind {
	case isBoolean:
		return v.truth == w.truth
	case isNumber:
		x, err := v.rational()
		y, err2 := w.rational()
		return v.text == w.text || err == nil && err2 == nil && x.Cmp(y) == 0
	case isText:
		return v.text == w.text
	case isArray:
		if len(v.items) != len(w.items) {
			return false
		}
		for i := range v.items {
			if !v.items[i].equal(&w.items[i]) {
				return false
			}
		}
	case isObject:
		if len(v.members) != len(w.members) {
			return false
		}
		for i := range v.members {
			x, ok := w.get(v.members[i].name)
			if !ok || !v.members[i].value.equal(x) {
				return false
			}
		}
	}
	return true
}

// without returns v without some members, and without its annotations.
func without(v *value, names ...string) value {
	out := value{kind: isObject}
	for _, m := range v.members {
		if !slices.Contains(names, m.name) && !slices.Contains(annotations, m.name) {
			out.members = append(out.members, m)
		}
	}
	return out
}
