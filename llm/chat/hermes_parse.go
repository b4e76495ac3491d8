package chat

import (
	"bytes"
	"regexp"
	"strings"
	"sync"

	"github.com/qwen-agent/qwen-agent/llm"
)

func (h hermes) Parser(r *llm.Request) Parser {
	tools := callable(r)
	if len(tools) == 0 {
		return parser(plain{})
	}
	return parser(&hermesParser{tools: tools, emitter: emitter{next: firstID(r)}})
}

// hermesParser finds calls in <tool_call> tags, as JSON or as <function=NAME>, and, because small models leave the tags
// out, in fences of code, in <tools> tags and in bare JSON. A tag can only be meant as a
// call, so it is one even if the name is not registered; the others are calls only if
// every value in them is a call of a registered tool with an object of arguments, and
// text otherwise.
type hermesParser struct {
	emitter
	tools registry
	buf   []byte // what is not decided yet
	block *block // the block that buf is in, if it is in one
	code  bool   // in a fence of another language, where braces are nothing

	functions bool      // calls may be written as <function=NAME>, too
	function  *function // the one that buf is in, if it is in one
}

// block is a place where a call may be. buf starts with the opening mark.
type block struct {
	close string // the mark that ends it; "" for bare JSON, which ends itself
	tag   bool   // it is a <tool_call>
	body  int    // where in buf what is inside starts
	pos   int    // how far the scanner is
	scan  scanner
	maybe bool // bare: the first key has been looked at and may start a call
}

func (p *hermesParser) Write(s string) []llm.Chunk {
	p.buf = append(p.buf, s...)
	for p.step() {
	}
	return p.take()
}

func (p *hermesParser) Close() []llm.Chunk {
	for range maxTries {
		for p.step() {
		}
		switch {
		case p.function != nil:
			p.finishFunction()
		case p.block != nil:
			p.finish()
		case len(p.buf) > 0: // the beginning of a mark, and no more
			p.pass(1)
		default:
			p.emitter.close()
			return p.take()
		}
	}
	p.pass(len(p.buf))
	p.block, p.function = nil, nil
	p.emitter.close()
	return p.take()
}

// maxTries bounds how often the rest of an answer is read again when it ends inside of
// what looked like a call.
const maxTries = 64

// pass passes n bytes of buf on as text.
func (p *hermesParser) pass(n int) {
	p.text(string(p.buf[:n]))
	p.buf = p.buf[n:]
}

// step does what can be done with buf; false means that more of the answer is needed.
func (p *hermesParser) step() bool {
	if len(p.buf) == 0 {
		return false
	}
	if p.function != nil {
		return p.inFunction()
	}
	if p.block != nil {
		return p.inside()
	}
	if p.code {
		i := bytes.Index(p.buf, []byte("```"))
		if i < 0 {
			p.pass(len(bytes.TrimRight(p.buf, "`")))
			return false
		}
		p.pass(i + 3)
		p.code = false
		return true
	}
	i := bytes.IndexAny(p.buf, "<`{[")
	if i != 0 {
		if i < 0 {
			i = len(p.buf)
		}
		p.pass(i)
		return len(p.buf) > 0
	}
	switch p.buf[0] {
	case '<':
		return p.tag()
	case '`':
		return p.fence()
	}
	p.block = &block{}
	return true
}

// tag looks at a '<'.
func (p *hermesParser) tag() bool {
	if p.functions {
		if found, wait := p.functionTag(); found || wait {
			return found
		}
	}
	for _, mark := range []string{callOpen, "<tools>", callClose, "</tools>"} {
		if hasPrefix(p.buf, mark) {
			switch {
			case mark[1] != '/':
				p.block = &block{close: "</" + mark[1:], tag: mark == callOpen, body: len(mark), pos: len(mark)}
			case p.after:
				p.buf = p.buf[len(mark):] // ends a call whose beginning was left out
			default:
				p.pass(len(mark))
			}
			return true
		}
		if startOf(mark, p.buf) {
			return false
		}
	}
	p.pass(1)
	return true
}

// functionTag looks for a <function=, alone or behind a <tool_call>. wait says that it may yet
// come.
func (p *hermesParser) functionTag() (found, wait bool) {
	at, wrapped := 0, hasPrefix(p.buf, callOpen)
	if wrapped {
		rest := bytes.TrimLeft(p.buf[len(callOpen):], blank)
		if at = len(p.buf) - len(rest); at > maxGap {
			return false, false
		}
	}
	if hasPrefix(p.buf[at:], functionOpen) {
		p.function = &function{wrapped: wrapped, pos: at + len(functionOpen)}
		return true, false
	}
	return false, startOf(functionOpen, p.buf[at:])
}

var fenceMark = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile("^```([A-Za-z0-9_+-]{0,32})[ \t\r]{0,32}(\n\\s{0,64})?")
})

// fence looks at a '`'. A fence of JSON, or of nothing, may hold calls if a bracket or a
// tag is the first thing in it.
func (p *hermesParser) fence() bool {
	if startOf("```", p.buf) && len(p.buf) < 3 {
		return false
	}
	if !hasPrefix(p.buf, "```") {
		p.pass(len(p.buf) - len(bytes.TrimLeft(p.buf, "`")))
		return true
	}
	m := fenceMark().FindSubmatch(p.buf)
	if len(m[0]) == len(p.buf) {
		return false // what comes first is not there yet
	}
	switch string(m[1]) {
	case "", "json", "json5", "jsonc", "tool_call", "tool", "tools", "xml":
		if strings.IndexByte("{[<", p.buf[len(m[0])]) >= 0 {
			p.block = &block{close: "```", body: 3 + len(m[1]), pos: 3 + len(m[1])}
			return true
		}
	}
	p.pass(3)
	p.code = true
	return true
}

// inside looks for the end of the block.
func (p *hermesParser) inside() bool {
	b := p.block
	if b.close == "" && !b.maybe {
		switch firstKey(string(p.buf[:min(len(p.buf), 256)])) {
		case no:
			p.block = nil
			p.pass(1)
			return true
		case yes:
			b.maybe = true
		}
	}
	for b.pos < len(p.buf) {
		if b.pos == maxHeld {
			p.block = nil
			p.pass(b.pos)
			return true
		}
		if b.close != "" && b.scan.outside() && p.buf[b.pos] == b.close[0] {
			rest := p.buf[b.pos:]
			switch {
			case hasPrefix(rest, b.close):
				p.end(b.pos, len(b.close))
				return true
			case b.tag && hasPrefix(rest, callOpen):
				p.end(b.pos, 0)
				return true
			case startOf(b.close, rest) || b.tag && startOf(callOpen, rest):
				return false
			}
		}
		c := p.buf[b.pos]
		b.pos++
		if b.scan.next(c) {
			if b.close == "" {
				p.end(b.pos, 0)
				return true
			}
			b.scan = scanner{}
		}
	}
	return false
}

// end decides about the block whose inside ends at n; skip is the length of its closing
// mark.
func (p *hermesParser) end(n, skip int) {
	b := p.block
	p.block = nil
	found, rest, ok := p.tools.calls(string(p.buf[b.body:n]), !b.tag)
	if !ok && b.tag {
		found, rest, ok = salvage(string(p.buf[b.body:n]))
	}
	if !ok {
		p.pass(n + skip)
		return
	}
	for _, c := range found {
		p.call(c)
	}
	p.text(rest)
	p.buf = p.buf[n+skip:]
}

// finish decides about a block that the answer ends in.
func (p *hermesParser) finish() {
	b := p.block
	if b.close != "" {
		// A quote too many hides the closing mark from the scanner.
		if i := bytes.Index(p.buf[b.body:], []byte(b.close)); i >= 0 {
			p.end(b.body+i, len(b.close))
			return
		}
		p.end(len(p.buf), 0)
		return
	}
	p.block = nil
	if found, _, ok := p.tools.calls(string(p.buf), true); ok {
		for _, c := range found {
			p.call(c)
		}
		p.buf = nil
		return
	}
	p.pass(1)
}
