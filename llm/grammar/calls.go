package grammar

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/qwen-agent/qwen-agent/llm"
)

// Call says how a call of a tool is written, in the pieces of a chat.CallForm:
//
//	Open Name Separator ARGUMENTS Close
//
// and Next in the place of Open in a call that is not the first; "" says that there is none. End
// comes behind the last call.
type Call struct {
	Tool                                    llm.Tool
	Open, Name, Separator, Close, Next, End string

	// Parameter, if it is not nil, says how each argument is written; else ARGUMENTS are a
	// JSON object.
	Parameter *Parameter
}

// Parameter says how an argument is written: Open NAME Separator VALUE Close. Close is a
// line break, the tag that closes it, and what comes behind that.
type Parameter struct{ Open, Separator, Close string }

// CallsSpec says what calls an answer consists of: Least at least, and Most at most, all written in one
// way, which are the calls with the same Open, Next and End. A way without Next has one call.
type CallsSpec struct {
	Calls  []Call
	Begun  bool   // the Open of the first call is there already; there is one way then
	First  string // the name of the tool of the first call; "" is any
	Least  int    // 0 is 1
	Most   int    // 0 is 8
	Limits Limits
}

// MostCalls is how many calls an answer has at most if CallsSpec does not say.
const MostCalls = 8

// Calls returns the grammar of an answer that is nothing but calls. Arguments are those of
// the tool's schema, as in Turn. Where they are written one by one they stand in the order of
// the schema, the text of a string as it is: of what a schema says about a string only enum
// and, with line breaks not counted, maxLength bind it then. An object has no arguments but
// those with a name.
func Calls(s CallsSpec) (*Grammar, error) {
	c, err := newCompiler(s.Limits)
	if err != nil {
		return nil, err
	}
	if len(s.Calls) == 0 {
		return nil, fmt.Errorf("grammar: calls: there is no tool")
	}
	s.Least = max(s.Least, 1)
	if s.Most == 0 {
		s.Most = max(MostCalls, s.Least)
	}
	if s.Least > s.Most {
		return nil, fmt.Errorf("grammar: calls: at least %d and at most %d", s.Least, s.Most)
	}
	type way struct{ open, next, end string }
	var ways []way
	calls, first := map[way]alt{}, map[way]alt{}
	arguments := map[string]*rule{} // every way of a tool has the same
	tools := map[string]llm.Tool{}
	for _, call := range s.Calls {
		if other, ok := tools[call.Tool.Name]; ok && string(other.Parameters) != string(call.Tool.Parameters) {
			return nil, fmt.Errorf("grammar: calls: two tools are called %q", call.Tool.Name)
		}
		tools[call.Tool.Name] = call.Tool
		key := fmt.Sprint(call.Tool.Name, " ", call.Parameter != nil)
		if arguments[key] == nil {
			e, err := c.callArguments(call)
			if err != nil {
				return nil, fmt.Errorf("grammar: calls: tool %q: %w", call.Tool.Name, err)
			}
			arguments[key] = &rule{"arguments of " + call.Name, e}
		}
		w := way{call.Open, call.Next, call.End}
		if calls[w] == nil {
			ways = append(ways, w)
		}
		written := seq{lit(call.Name + call.Separator), again{arguments[key]}, lit(call.Close)}
		calls[w] = append(calls[w], written)
		if call.Tool.Name == s.First {
			first[w] = append(first[w], written)
		}
	}
	if s.First != "" && len(first) == 0 {
		return nil, fmt.Errorf("grammar: calls: the first is to be of the tool %q, which is none of them", s.First)
	}
	if s.Begun && len(ways) != 1 {
		return nil, fmt.Errorf("grammar: calls: %d ways of writing them, want the one that has begun", len(ways))
	}
	var e alt
	for _, w := range ways {
		one := again{&rule{"call", calls[w]}}
		begin := one
		if s.First != "" {
			if len(first[w]) == 0 {
				continue
			}
			begin = again{&rule{"first call", first[w]}}
		}
		all := seq{lit(w.open), begin}
		if s.Begun {
			all = seq{begin}
		}
		switch {
		case w.next != "" && s.Most > 1:
			all = append(all, repeat{&rule{"next call", seq{lit(w.next), one}}, s.Least - 1, s.Most - 1})
		case s.Least > 1:
			continue
		}
		e = append(e, append(all, lit(w.end)))
	}
	if len(e) == 0 {
		return nil, fmt.Errorf("grammar: calls: no way of writing %d of them", s.Least)
	}
	g, err := newGrammar(e)
	if err != nil {
		return nil, fmt.Errorf("grammar: calls: %w", err)
	}
	return g, nil
}

// again is a part that stands in several places.
type again = call

func (c *compiler) callArguments(call Call) (expr, error) {
	if call.Parameter == nil {
		e, _, err := c.arguments(call.Tool, "")
		return e, err
	}
	schema := value{kind: isObject}
	if len(call.Tool.Parameters) > 0 {
		var err error
		if schema, err = parseJSON(call.Tool.Parameters); err != nil {
			return nil, fmt.Errorf("parameters: %w", err)
		}
	}
	if _, _, err := c.arguments(call.Tool, ""); err != nil { // says what is wrong with the whole
		return nil, err
	}
	top, err := c.topOf(&schema)
	if err != nil {
		return nil, err
	}
	required := map[string]bool{}
	if list, ok := top.get("required"); ok {
		for _, v := range list.items {
			required[v.text] = true
		}
	}
	named, ok := top.get("properties")
	if !ok {
		return seq{}, nil
	}
	var all seq
	for i := range named.members {
		m := &named.members[i]
		e, err := c.parameter(call.Parameter, m)
		if err != nil {
			return nil, err
		}
		if !required[m.name] {
			e = optional(e)
		}
		all = append(all, e)
	}
	return all, nil
}

// topOf follows the references of a schema to where its properties are named. What arguments have to be together cannot
// be held where each is written by itself.
func (c *compiler) topOf(schema *value) (*value, error) {
	c.root = schema
	top := schema
	for range maxTextual {
		for _, key := range []string{"allOf", "anyOf", "oneOf"} {
			if _, ok := top.get(key); ok {
				return nil, fmt.Errorf("parameters: unsupported keyword %q at the top, where arguments are written one by one", key)
			}
		}
		ref, ok := top.get("$ref")
		if !ok {
			return top, nil
		}
		if top = c.referred(ref); top == nil {
			break
		}
	}
	return nil, fmt.Errorf("parameters: the reference at the top leads nowhere")
}

// referred returns what a reference names, or nil.
func (c *compiler) referred(ref *value) *value {
	pointer, ok := pointerOf(ref.text)
	if !ok {
		return nil
	}
	return c.resolve(pointer)
}

// parameter is one argument with its tags.
func (c *compiler) parameter(p *Parameter, m *member) (expr, error) {
	if strings.ContainsAny(m.name, "<>\n") {
		return nil, fmt.Errorf("parameters: the name %q does not fit into a tag", m.name)
	}
	if !strings.HasPrefix(p.Close, "\n<") {
		return nil, fmt.Errorf("the close %q of an argument does not begin with a line break and a tag", p.Close)
	}
	open, tag := lit(p.Open+m.name+p.Separator), strings.Trim(p.Close, "\n")
	if words := wordsOf(&m.value); words != nil {
		return seq{open, words, lit(p.Close)}, nil
	}
	visits := 0
	if c.textual(&m.value, 0, &visits) {
		most := c.limits.String
		if v, ok := m.value.get("maxLength"); ok {
			if n, err := strconv.Atoi(v.text); err == nil && n >= 0 {
				most = min(most, n)
			}
		}
		text := alt{lit("\n" + tag)} // none
		if most > 0 {
			text = append(text, repeat{&rule{"value", textUntil(tag)}, 1, most})
		}
		return seq{open, text, lit(p.Close[1+len(tag):])}, nil
	}
	at := under(under("", "properties"), m.name)
	e, err := c.compile(&m.value, at, []string{at})
	if err != nil {
		return nil, fmt.Errorf("parameters: %w", err)
	}
	return seq{open, e, lit(p.Close)}, nil
}

// wordsOf returns the values of an enum or a const as they stand in tags; nil if a value is
// none that can stand there so.
func wordsOf(v *value) lits {
	var all []value
	if e, ok := v.get("enum"); ok && e.kind == isArray {
		all = e.items
	} else if c, ok := v.get("const"); ok {
		all = []value{*c}
	}
	var words lits
	for _, w := range all {
		switch {
		case w.kind == isText && !strings.Contains(w.text, "</"), w.kind == isNumber:
			words = append(words, w.text)
		case w.kind == isBoolean:
			words = append(words, strconv.FormatBool(w.truth))
		case w.kind == isNull:
			words = append(words, "null")
		default:
			return nil
		}
	}
	return words
}

// maxTextual bounds how deep a schema is looked into for strings, and maxVisits in how many places.
const maxTextual, maxVisits = 8, 1000

// textual reports whether a string is among what a schema allows, or it is too large to say.
func (c *compiler) textual(v *value, depth int, visits *int) bool {
	if *visits++; depth > maxTextual || *visits > maxVisits {
		return true
	}
	if t, ok := v.get("type"); ok {
		names, err := typesOf(t, "")
		return err != nil || slices.Contains(names, "string")
	}
	for _, key := range []string{"anyOf", "oneOf", "allOf"} {
		if list, ok := v.get(key); ok && list.kind == isArray {
			for i := range list.items {
				if c.textual(&list.items[i], depth+1, visits) {
					return true
				}
			}
			return false
		}
	}
	if ref, ok := v.get("$ref"); ok {
		at := c.referred(ref)
		return at == nil || c.textual(at, depth+1, visits)
	}
	return true
}

// textUntil reads any text but the empty one and then a line break and a closing tag, inside a loop that counts
// the characters but most line breaks, so that the way to the tag is open when no round is
// left. The tag is not within the text, nor behind something else on its line, so that
// nobody finds the end elsewhere.
type textUntil string // the tag

func (t textUntil) emit(b *builder, _ int32) int32 {
	n := len(t)
	start, line := b.add(node{op: opAgain}), b.add(node{op: opAgain}) // to where nothing of the tag is read, and the line break before it
	begun := make([]int32, n)                                         // to where k bytes of the tag are read, with something before them
	for k := 1; k < n; k++ {
		begun[k] = b.add(node{op: opAgain})
	}
	counted := func(next int32) int32 { return b.add(node{op: opRoom, a: next}) }
	// others reads what does not go on with the tag.
	others := func(but byte) []int32 {
		rest := runes{{'\t', '\t'}, {' ', '~'}, {0x80, 0x10ffff}}.minus(runes{{'<', '<'}}).minus(runes{{rune(but), rune(but)}})
		nodes := []int32{counted(rest.emit(b, start))}
		if but != '<' {
			nodes = append(nodes, counted(b.byteRange('<', '<', begun[1])))
		}
		return nodes
	}
	next := b.add(node{op: opLeave})
	for k := n - 1; k >= 0; k-- { // behind a line break and k bytes of the tag
		next = b.split(append(others(t[k]), b.byteRange(t[k], t[k], next), counted(b.byteRange('\n', '\n', line)))...)
	}
	broken := next
	newline := b.byteRange('\n', '\n', broken)
	first := b.split(append(others('<'), counted(b.byteRange('<', '<', begun[1])), newline)...)
	for k := 1; k < n; k++ {
		targets := append(others(t[k]), newline)
		if k < n-1 {
			targets = append(targets, counted(b.byteRange(t[k], t[k], begun[k+1])))
		}
		if at := b.split(targets...); !b.over {
			b.nodes[begun[k]].a = at
		}
	}
	if !b.over {
		b.nodes[start].a, b.nodes[line].a = first, broken
	}
	return first
}
