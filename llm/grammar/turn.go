package grammar

import (
	"fmt"
	"slices"
	"strings"

	"github.com/qwen-agent/qwen-agent/llm"
)

// TurnSpec says what a model may do in one turn of the turn protocol (llm/chat): call one
// of the tools, or answer.
type TurnSpec struct {
	Tools  []llm.Tool
	Answer bool         // it may answer
	Schema []byte       // JSON Schema of the answer; nil is a string that is not empty
	Text   *llm.Grammar // of the answer, a string; nil is any
	Limits Limits
}

// Turn returns the grammar of one turn:
//
//	{"thought": "…", "tool": "NAME", "arguments": {…}}
//	{"thought": "…", "answer": "…"}
//
// The thought is one or more characters without quotes and backslashes. The arguments are
// those of the tool's schema, which is read as Schema reads it, but for an object without
// properties, which is {}. A tool with Code has its program behind the object, in a fence
//
//	{"thought": "…", "tool": "NAME"}
//	```LANGUAGE
//	…
//	```
//
// none of whose lines starts with two backticks (the first one, with three); its other parameters, if there are
// any, are arguments as usual.
func Turn(t TurnSpec) (*Grammar, error) {
	c, err := newCompiler(t.Limits)
	if err != nil {
		return nil, err
	}
	if len(t.Tools) == 0 && !t.Answer {
		return nil, fmt.Errorf("grammar: turn: neither a tool nor an answer is allowed")
	}
	var next alt
	seen := map[string]bool{}
	for _, tool := range t.Tools {
		if tool.Name == "" {
			return nil, fmt.Errorf("grammar: turn: a tool has no name")
		}
		if seen[tool.Name] {
			return nil, fmt.Errorf("grammar: turn: two tools are called %q", tool.Name)
		}
		seen[tool.Name] = true
		e, err := c.tool(tool)
		if err != nil {
			return nil, fmt.Errorf("grammar: turn: tool %q: %w", tool.Name, err)
		}
		next = append(next, e)
	}
	if t.Answer {
		answer := jsonString(1, c.limits.String)
		switch {
		case t.Schema != nil && t.Text != nil:
			return nil, fmt.Errorf("grammar: turn: a schema of the answer and a grammar of its text, want one of them")
		case t.Text != nil:
			if answer, err = c.limits.quoted(t.Text); err != nil {
				return nil, fmt.Errorf("grammar: turn: answer: %w", err)
			}
		case t.Schema != nil:
			if answer, err = c.read(t.Schema, ""); err != nil {
				return nil, fmt.Errorf("grammar: turn: schema of the answer: %w", err)
			}
		}
		next = append(next, seq{lit(`"answer": `), answer, lit("}")})
	}
	g, err := newGrammar(seq{lit(`{"thought": "`), repeat{plainChar, 1, c.limits.Thought}, lit(`", `), next})
	if err != nil {
		return nil, fmt.Errorf("grammar: turn: %w", err)
	}
	return g, nil
}

// quoted is a JSON string whose text is one of g.
func (l Limits) quoted(g *llm.Grammar) (expr, error) {
	var text expr
	if (g.Regex == "") == (g.GBNF == "") {
		return nil, fmt.Errorf("a grammar that is none or two, want a regular expression or GBNF")
	}
	if g.Regex != "" {
		w, err := l.readRegex(g.Regex)
		if err != nil {
			return nil, err
		}
		w.json = true
		text = w
	} else {
		if _, err := l.GBNF(g.GBNF); err != nil { // says what is wrong with it by itself
			return nil, err
		}
		var err error
		if text, err = readGBNF(g.GBNF, true); err != nil {
			return nil, err
		}
	}
	return seq{lit(`"`), text, lit(`"`)}, nil
}

// tool is a call of t, from its name to the end of the turn.
func (c *compiler) tool(t llm.Tool) (expr, error) {
	name := lit(`"tool": ` + quote(t.Name))
	if t.Code == nil {
		arguments, _, err := c.arguments(t, "")
		return seq{name, lit(`, "arguments": `), arguments, lit("}")}, err
	}
	if strings.ContainsAny(t.Code.Language, "`\r\n") {
		return nil, fmt.Errorf("its language %q does not fit into a line", t.Code.Language)
	}
	arguments, others, err := c.arguments(t, t.Code.Parameter)
	if err != nil {
		return nil, err
	}
	end := seq{lit("}\n```" + t.Code.Language + "\n"), codeBlock(c.limits.Code)}
	if others == 0 {
		return seq{name, end}, nil
	}
	return seq{name, lit(`, "arguments": `), arguments, end}, nil
}

// arguments is the object of the arguments of t, without the one that is a program, and
// how many there are.
func (c *compiler) arguments(t llm.Tool, program string) (expr, int, error) {
	empty := lit("{}")
	schema := value{kind: isObject}
	if len(t.Parameters) > 0 {
		var err error
		if schema, err = parseJSON(t.Parameters); err != nil {
			return nil, 0, fmt.Errorf("parameters: %w", err)
		}
	}
	if schema.kind == isNull {
		schema = value{kind: isObject}
	}
	kinds := []string{"object"}
	if t, ok := schema.get("type"); ok {
		kinds, _ = typesOf(t, "")
	}
	if schema.kind != isObject || len(kinds) != 1 || kinds[0] != "object" {
		return nil, 0, fmt.Errorf("parameters: want the schema of an object")
	}
	named, _ := schema.get("properties")
	if program != "" {
		if named == nil {
			return nil, 0, fmt.Errorf("parameters: no property %q, which is to hold a program", program)
		}
		if _, ok := named.get(program); !ok {
			return nil, 0, fmt.Errorf("parameters: no property %q, which is to hold a program", program)
		}
		schema = leaveOut(&schema, program)
		named, _ = schema.get("properties")
	}
	others, open := schema.get("additionalProperties")
	open = open && (others.kind == isObject || others.truth)
	n := 0
	if named != nil {
		n = len(named.members)
	}
	if list, ok := schema.get("required"); ok {
		n += len(list.items)
	}
	rest := without(&schema, "type", "properties", "required", "additionalProperties")
	if n == 0 && !open && len(rest.members) == 0 {
		return empty, 0, nil
	}
	if _, ok := schema.get("type"); !ok {
		schema.members = append(schema.members, member{"type", value{kind: isText, text: "object"}})
	}
	e, err := c.compileRoot(&schema, "")
	if err != nil {
		err = fmt.Errorf("parameters: %w", err)
	}
	return e, n, err
}

// leaveOut returns the schema of an object without one of its properties.
func leaveOut(v *value, name string) value {
	out := value{kind: isObject}
	for _, m := range v.members {
		switch m.name {
		case "properties":
			m.value.members = slices.DeleteFunc(slices.Clone(m.value.members), func(p member) bool { return p.name == name })
		case "required":
			m.value.items = slices.DeleteFunc(slices.Clone(m.value.items), func(x value) bool { return x.text == name })
		}
		out.members = append(out.members, m)
	}
	return out
}
