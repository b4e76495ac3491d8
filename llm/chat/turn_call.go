package chat

import (
	"bytes"
	"encoding/json"

	"github.com/qwen-agent/qwen-agent/llm"
)

// end is behind the object. A program may follow.
func (p *turnParser) end() bool {
	if p.answered {
		return p.to(atOver)
	}
	if p.tool == "" && p.thinks {
		return p.to(atOver)
	}
	if p.tool == "" || len(p.tools) == 0 {
		return p.to(atLost)
	}
	if t := p.tools[p.tool]; t != nil && t.Code != nil && !p.has(t.Code.Parameter) {
		rest := p.rest()
		if len(rest) < 3 && startOf("```", rest) {
			return false
		}
		if hasPrefix(rest, "```") {
			n := bytes.IndexByte(rest, '\n')
			if n < 0 {
				return false
			}
			p.pos += n + 1
			p.program = p.pos
			return p.to(atCode)
		}
	}
	p.act("", false)
	return p.to(atOver)
}

// has reports whether the arguments have a parameter.
func (p *turnParser) has(parameter string) bool {
	n, _, err := parseLenient(p.arguments)
	return err == nil && n.get(parameter) != nil
}

// code reads the program, up to a line that starts with a fence.
func (p *turnParser) code() bool {
	from := max(p.program, p.pos-3) - 1 // the line break before it is there
	i := bytes.Index(p.buf[from:], []byte("\n```"))
	if i < 0 {
		p.pos = len(p.buf)
		return false
	}
	p.act(string(p.buf[p.program:max(p.program, from+i)]), true)
	return p.to(atOver)
}

// act gives out the call.
func (p *turnParser) act(program string, fenced bool) {
	c := llm.Call{Name: p.tool, Arguments: json.RawMessage("{}")}
	if p.arguments != "" {
		if n, _, err := parseLenient(p.arguments); err == nil {
			c.Arguments, _ = object(&n, p.arguments)
		} else {
			c.Arguments = appendString(nil, p.arguments)
		}
	}
	if fenced {
		c.Arguments = withProgram(c.Arguments, p.tools[p.tool].Code.Parameter, program)
	}
	p.call(c)
}

// withProgram returns the arguments with the program as the last of them.
func withProgram(arguments json.RawMessage, parameter, program string) json.RawMessage {
	n, _, err := parseLenient(string(arguments))
	if err != nil || n.kind != '{' {
		n = node{kind: '{'}
	}
	n.keys = append(n.keys, parameter)
	n.kids = append(n.kids, node{kind: '"', text: program})
	return n.appendTo(nil)
}
