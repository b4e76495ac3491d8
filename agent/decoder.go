package agent

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/qwen-agent/qwen-agent/internal/cut"
)

// decoder reads nodes into Go values and notes every problem at its place, so that one
// check of a file tells all of them.
type decoder struct {
	problems []Problem
	sections map[string][]string // if not nil, the keys known in each section that was read
}

// field is a key of a mapping and what reads its value.
type field struct {
	key  string
	read func(*yaml.Node)
}

func (d *decoder) errorf(n *yaml.Node, format string, args ...any) {
	d.problems = append(d.problems, Problem{n.Line, n.Column, fmt.Sprintf(format, args...)})
}

// fields reads a mapping of known keys. section is its path for messages.
func (d *decoder) fields(n *yaml.Node, section string, known []field) {
	keys := make([]string, len(known))
	for i, f := range known {
		keys[i] = f.key
	}
	if d.sections != nil {
		d.sections[section] = keys
	}
	d.each(n, section, func(key, value *yaml.Node) {
		for _, f := range known {
			if f.key == key.Value {
				f.read(value)
				return
			}
		}
		d.errorf(key, "unknown key %s in %s%s", quote(key.Value), section, didYouMean(key.Value, keys))
	})
}

// each calls read for every key of a mapping and its value. It refuses keys that are no
// strings or come twice.
func (d *decoder) each(n *yaml.Node, what string, read func(key, value *yaml.Node)) {
	if n.Kind != yaml.MappingNode || !d.plain(n) {
		d.wrong(n, what, "a mapping of keys to values")
		return
	}
	lines := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Kind != yaml.ScalarNode || key.ShortTag() != "!!str" {
			d.wrong(key, "a key of "+what, "a string")
			continue
		}
		if line, twice := lines[key.Value]; twice {
			d.errorf(key, "key %s of %s is already on line %d", quote(key.Value), what, line)
			continue
		}
		lines[key.Value] = key.Line
		read(key, value)
	}
}

// items calls read for every item of a list.
func (d *decoder) items(n *yaml.Node, what string, read func(*yaml.Node)) {
	if n.Kind != yaml.SequenceNode || !d.plain(n) {
		d.wrong(n, what, "a list")
		return
	}
	for _, item := range n.Content {
		read(item)
	}
}

// wrong notes a value of the wrong kind.
func (d *decoder) wrong(n *yaml.Node, what, wanted string) {
	if n.Kind == yaml.AliasNode {
		d.errorf(n, "%s is the alias *%s: a task file has no aliases, write the value out", what, n.Value)
		return
	}
	d.errorf(n, "%s is %s, wanted %s", what, describe(n), wanted)
}

// plain reports whether a node has no tag but one that YAML gives by itself.
func (d *decoder) plain(n *yaml.Node) bool {
	switch n.ShortTag() {
	case "!!map", "!!seq", "!!str", "!!int", "!!float", "!!bool", "!!null", "!!timestamp", "!!merge":
		return true
	}
	return false
}

// describe names what a node is.
func describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode, yaml.SequenceNode, yaml.AliasNode:
		switch n.ShortTag() {
		case "!!map":
			return "a mapping"
		case "!!seq":
			return "a list"
		}
		return "a value with the tag " + quote(n.Tag)
	}
	switch n.ShortTag() {
	case "!!str", "!!timestamp":
		return "the string " + quote(n.Value)
	case "!!int":
		return "the integer " + quote(n.Value)
	case "!!float":
		return "the number " + quote(n.Value)
	case "!!bool":
		return "the boolean " + quote(n.Value)
	case "!!null":
		return "empty"
	case "!!merge":
		return "the merge key <<"
	}
	return "a value with the tag " + quote(n.Tag)
}

// quote is strconv.Quote of at most the first 60 bytes.
func quote(s string) string {
	const most = 60
	if len(s) <= most {
		return strconv.Quote(s)
	}
	return strconv.Quote(cut.Prefix(s, most)) + "…"
}

// text returns the reader of a string. A date counts as one: YAML gives it a type of its
// own that nobody who writes a task file has in mind.
func (d *decoder) text(what string, set func(n *yaml.Node, s string)) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if tag := n.ShortTag(); n.Kind != yaml.ScalarNode || tag != "!!str" && tag != "!!timestamp" {
			wanted := "a string"
			if n.Kind == yaml.ScalarNode && d.plain(n) && tag != "!!null" {
				wanted += ": put it in quotes"
			}
			d.wrong(n, what, wanted)
			return
		}
		if strings.TrimSpace(n.Value) == "" {
			d.errorf(n, "%s is blank", what)
			return
		}
		set(n, n.Value)
	}
}

// into keeps a string as it is.
func into(dst *string) func(*yaml.Node, string) {
	return func(_ *yaml.Node, s string) { *dst = s }
}

// The numbers of JSON: those that YAML has besides (0x1f, 1_000, 017, .5) mean other
// things to other readers.
var (
	integerText = regexp.MustCompile(`^-?(0|[1-9][0-9]*)$`)
	numberText  = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)
)

// integer returns the reader of a whole number within bounds.
func (d *decoder) integer(what string, least, most int64, set func(int64)) func(*yaml.Node) {
	return func(n *yaml.Node) {
		wanted := fmt.Sprintf("an integer from %d to %d", least, most)
		if tag := n.ShortTag(); n.Kind != yaml.ScalarNode || tag != "!!int" && tag != "!!float" || !integerText.MatchString(n.Value) {
			d.wrong(n, what, wanted)
			return
		}
		v, err := strconv.ParseInt(n.Value, 10, 64)
		if err != nil || v < least || v > most {
			d.wrong(n, what, wanted)
			return
		}
		set(v)
	}
}

// number returns the reader of a number within bounds.
func (d *decoder) number(what string, least, most float64, set func(float64)) func(*yaml.Node) {
	return func(n *yaml.Node) {
		v, ok := d.float(n)
		if !ok || v < least || v > most {
			d.wrong(n, what, fmt.Sprintf("a number from %v to %v", least, most))
			return
		}
		set(v)
	}
}

func (d *decoder) float(n *yaml.Node) (float64, bool) {
	if tag := n.ShortTag(); n.Kind != yaml.ScalarNode || tag != "!!int" && tag != "!!float" || !numberText.MatchString(n.Value) {
		return 0, false
	}
	v, err := strconv.ParseFloat(n.Value, 64)
	return v, err == nil && !math.IsInf(v, 0)
}

// boolean returns the reader of true or false.
func (d *decoder) boolean(what string, set func(bool)) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!bool" {
			d.wrong(n, what, "true or false")
			return
		}
		set(strings.EqualFold(n.Value, "true"))
	}
}

// json writes a free value, such as an output schema or a tool's settings, as JSON with
// its keys in the file's order; ok is false after a problem.
func (d *decoder) json(n *yaml.Node, what string) (_ json.RawMessage, ok bool) {
	before := len(d.problems)
	var b strings.Builder
	d.writeJSON(&b, n, what)
	return json.RawMessage(b.String()), len(d.problems) == before
}

func (d *decoder) writeJSON(b *strings.Builder, n *yaml.Node, what string) {
	switch n.Kind {
	case yaml.MappingNode:
		b.WriteByte('{')
		sep := ""
		d.each(n, what, func(key, value *yaml.Node) {
			b.WriteString(sep)
			b.Write(jsonString(key.Value))
			b.WriteByte(':')
			d.writeJSON(b, value, what)
			sep = ","
		})
		b.WriteByte('}')
	case yaml.SequenceNode:
		b.WriteByte('[')
		sep := ""
		d.items(n, what, func(item *yaml.Node) {
			b.WriteString(sep)
			d.writeJSON(b, item, what)
			sep = ","
		})
		b.WriteByte(']')
	default:
		d.writeScalar(b, n, what)
	}
}

func (d *decoder) writeScalar(b *strings.Builder, n *yaml.Node, what string) {
	if n.Kind == yaml.ScalarNode {
		switch n.ShortTag() {
		case "!!str", "!!timestamp":
			b.Write(jsonString(n.Value))
			return
		case "!!null":
			b.WriteString("null")
			return
		case "!!bool":
			b.WriteString(strings.ToLower(n.Value))
			return
		case "!!int", "!!float":
			if _, ok := d.float(n); ok {
				b.WriteString(n.Value)
				return
			}
		}
	}
	d.wrong(n, "a value in "+what, "one that JSON has")
}

// jsonString writes a string as JSON without the escapes that are only for HTML.
func jsonString(s string) []byte {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic("agent: a string that JSON cannot hold: " + err.Error()) // there is none
	}
	return []byte(strings.TrimSuffix(b.String(), "\n"))
}
