package chat

import (
	"bytes"
	"strings"
)

// finish gives out what is due when the turn ends where the parser is.
func (p *turnParser) finish() {
	switch p.state {
	case atBegin:
		if len(p.rest()) > 0 {
			p.recover()
		}
	case atStream:
		p.say(p.str.flush())
	case atClosed, atNested:
		if p.key != "answer" {
			p.recover()
		}
	case atLiteral:
		p.keep()
		p.unclosed()
	case atMember, atValue:
		p.unclosed()
	case atEnd:
		p.act("", false)
	case atCode:
		p.act(strings.TrimRight(string(p.buf[p.program:]), "\n"), true)
	case atLost:
		p.recover()
	}
}

// unclosed ends a turn that lacks its closing brace.
func (p *turnParser) unclosed() {
	switch {
	case p.answered:
	case p.tool != "" && len(p.tools) > 0:
		p.act("", false)
	case !p.thinks:
		p.recover()
	}
}

// recover reads what is not of the layout: with repairs, else as text.
func (p *turnParser) recover() {
	if p.answered {
		if p.key == "answer" && p.streams() { // the quote was one of the answer's own
			s := strings.TrimRight(string(p.buf[p.quote:]), " \t\r\n")
			p.send(strings.TrimSuffix(strings.TrimSuffix(s, "}"), `"`))
		}
		return
	}
	begin := bytes.IndexByte(p.buf, '{')
	if begin < 0 {
		p.send(string(p.buf))
		return
	}
	src := string(p.buf[begin:])
	n, length, err := parseLenient(src)
	answer := n.get("answer")
	tool := n.get("tool")
	if tool == nil {
		tool = n.get("name")
	}
	called := tool != nil && tool.kind == '"' && tool.text != "" && len(p.tools) > 0
	if err != nil || !called && answer == nil {
		p.send(string(p.buf))
		return
	}
	if t := n.get("thought"); t != nil && t.kind == '"' && !p.thinks {
		p.thought(t.text)
	}
	if !called {
		if answer.kind == '"' && !p.schema {
			p.send(answer.text)
		} else {
			p.send(string(answer.source(src)))
		}
		return
	}
	p.tool, p.arguments = tool.text, ""
	arguments := n.get("arguments")
	if arguments == nil {
		arguments = n.get("parameters")
	}
	if arguments != nil {
		p.arguments = src[arguments.start:arguments.end]
	}
	p.pos = begin + length
	for p.to(atEnd); p.step(); {
	}
	if p.state == atEnd || p.state == atCode {
		p.finish()
	}
}
