package chat

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/qwen-agent/qwen-agent/llm"
)

// registry has the tools that an answer may call, by name.
type registry map[string]*llm.Tool

// callable returns the tools that an answer to r may call.
func callable(r *llm.Request) registry {
	tools := registry{}
	for i := range r.Tools {
		tools[r.Tools[i].Name] = &r.Tools[i]
	}
	if r.Choice != nil && r.Choice.Tools != nil {
		allowed := map[string]bool{}
		for _, name := range r.Choice.Tools {
			allowed[name] = true
		}
		for name := range tools {
			if !allowed[name] {
				delete(tools, name)
			}
		}
	}
	return tools
}

// firstID returns the number of the first call of an answer to r: the calls of a
// conversation are counted through.
func firstID(r *llm.Request) int {
	n := 1
	for _, m := range r.Messages {
		n += len(m.Calls)
	}
	return n
}

// call reads a call from a value: {"name": ..., "arguments": {...}}, also with
// "parameters", also with the arguments as a string of JSON, also inside
// {"type": "function", "function": {...}}. src is the text that n was read from. ok
// reports whether the name is registered and the arguments are an object.
func (tools registry) call(n *node, src string) (c llm.Call, ok bool) {
	if n.kind != '{' {
		return c, false
	}
	if f := n.get("function"); f != nil && f.kind == '{' {
		n = f
	}
	name := n.get("name")
	if name == nil || name.kind != '"' {
		return c, false
	}
	c.Name = name.text
	arguments := n.get("arguments")
	if arguments == nil {
		arguments = n.get("parameters")
	}
	if arguments == nil {
		return c, false
	}
	c.Arguments, ok = object(arguments, src)
	return c, ok && tools[c.Name] != nil
}

// object returns n as an object: itself, or the object that a string has. If it is
// neither, it returns a JSON string of what was written.
func object(n *node, src string) (json.RawMessage, bool) {
	switch n.kind {
	case '{':
		return n.source(src), true
	case '"':
		if inner, length, err := parseLenient(n.text); err == nil && inner.kind == '{' && strings.TrimSpace(n.text[length:]) == "" {
			return inner.source(n.text), true
		}
		return appendString(nil, n.text), false
	}
	return appendString(nil, src[n.start:n.end]), false
}

// calls reads all of s as calls, one or several, in arrays or not, with commas between
// or not, and with the marks around them that models put there. Without strict a call
// counts whose name is not registered, or whose arguments are no object, and text may
// follow the first call, which is returned as rest.
func (tools registry) calls(s string, strict bool) (found []llm.Call, rest string, ok bool) {
	for {
		s = trimMarks(s)
		if s == "" {
			return found, "", len(found) > 0
		}
		if s[0] != '{' && s[0] != '[' {
			return found, s, !strict && len(found) > 0
		}
		n, length, err := parseLenient(s)
		if err != nil {
			return found, s, !strict && len(found) > 0
		}
		kids := []node{n}
		if n.kind == '[' {
			kids = n.kids
		}
		for i := range kids {
			c, ok := tools.call(&kids[i], s)
			if !ok && (strict || c.Name == "") {
				return found, s, !strict && len(found) > 0
			}
			if c.Arguments == nil {
				c.Arguments = json.RawMessage("{}")
			}
			found = append(found, c)
		}
		s = s[length:]
	}
}

// trimMarks drops what may stand between calls: white space, commas, brackets that close
// nothing, comments, tags, fences.
func trimMarks(s string) string {
	for {
		before := len(s)
		s = strings.TrimLeft(s, blank+between)
		p := lenient{src: s}
		p.peek()
		s = s[p.pos:]
		for _, tag := range []string{callOpen, callClose, "<tools>", "</tools>"} {
			s = strings.TrimPrefix(s, tag)
		}
		if rest, ok := strings.CutPrefix(s, "```"); ok {
			s = strings.TrimLeft(rest, "abcdefghijklmnopqrstuvwxyz0123456789_-")
		}
		if len(s) == before {
			return s
		}
	}
}

// between is what may stand between two calls, besides white space.
const between = ",;]}"

// emitter puts chunks together. White space at the end of text is held back: before a
// call it is dropped, at the end too if there was a call, and after a call text starts
// with one line break if other text came before, with none if not.
type emitter struct {
	out   []llm.Chunk
	held  []byte // white space that the next text decides about
	spoke bool   // text was given out
	after bool   // nothing was given out since a call
	acted bool   // there was a call
	next  int    // number of the next call
}

const blank = " \t\r\n"

func (e *emitter) text(s string) {
	if strings.TrimLeft(s, e.idle()) == "" {
		n := min(len(s), maxHeld-len(e.held))
		if e.held = append(e.held, s[:n]...); len(e.held) < maxHeld {
			return
		}
		e.after = false
		e.send(string(e.held))
		e.held = e.held[:0]
		e.text(s[n:])
		return
	}
	s = string(e.held) + s
	if e.after {
		s = strings.TrimLeft(s, blank)
		if e.spoke {
			s = "\n" + s
		}
		e.after = false
	}
	trimmed := strings.TrimRight(s, blank)
	e.held = append(e.held[:0], s[len(trimmed):]...)
	e.send(trimmed)
}

// idle has the characters that decide nothing.
func (e *emitter) idle() string {
	if e.after {
		return blank + between
	}
	return blank
}

func (e *emitter) send(s string) {
	if s != "" {
		e.spoke = true
		e.out = append(e.out, llm.Chunk{Text: s})
	}
}

func (e *emitter) thought(s string) {
	if s != "" {
		e.out = append(e.out, llm.Chunk{Thought: s})
	}
}

func (e *emitter) call(c llm.Call) {
	c.ID = "call_" + strconv.Itoa(e.next)
	e.next++
	e.held, e.after, e.acted = e.held[:0], true, true
	e.out = append(e.out, llm.Chunk{Call: &c})
}

// close gives out the white space at the end, unless there was a call.
func (e *emitter) close() {
	if !e.acted {
		e.send(string(e.held))
	}
	e.held = nil
}

// take returns what was given out since the last take.
func (e *emitter) take() []llm.Chunk {
	out := e.out
	e.out = nil
	return out
}

// plain is the parser of an answer that can call nothing: all of it is text.
type plain struct{}

func (plain) Write(s string) []llm.Chunk {
	if s == "" {
		return nil
	}
	return []llm.Chunk{{Text: s}}
}

func (plain) Close() []llm.Chunk { return nil }
