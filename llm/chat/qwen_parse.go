package chat

import (
	"bytes"
	"strings"

	"github.com/qwen-agent/qwen-agent/llm"
)

func (qwen) Parser(r *llm.Request) Parser {
	if len(r.Tools) == 0 {
		return parser(plain{})
	}
	p := &qwenParser{tools: callable(r), emitter: emitter{next: firstID(r)}}
	p.colon = r.Messages == nil || r.Messages[len(r.Messages)-1].Role == llm.Observer
	return parser(p)
}

// qwenParser reads text up to a ✿FUNCTION✿ and then calls. Arguments that are an object end
// where it closes, others where the next call begins.
type qwenParser struct {
	emitter
	tools registry
	colon bool // the answer may begin with the colon that belongs to ✿RETURN✿
	begun bool // it has begun
	buf   []byte
	state qwenState
	pos   int // how far buf is read
	scan  scanner

	name   string // of the tool
	argued bool   // the colon of ✿ARGS✿ was read
	loose  bool   // the answer is over, and an object was not closed: a mark ends arguments
}

type qwenState int

const (
	qwenText   qwenState = iota
	qwenName             // behind ✿FUNCTION✿
	qwenBegin            // behind ✿ARGS✿
	qwenObject           // in arguments that are an object
	qwenOther            // in others
)

func (p *qwenParser) Write(s string) []llm.Chunk {
	p.buf = append(p.buf, s...)
	for p.step(false) {
	}
	return p.take()
}

func (p *qwenParser) Close() []llm.Chunk {
	for p.step(true) {
	}
	p.emitter.close()
	return p.take()
}

// step reads on and reports whether it can be called again at once; last says that nothing
// more will come.
func (p *qwenParser) step(last bool) bool {
	if p.state != qwenText && len(p.buf) > maxHeld {
		p.giveUp()
		return true
	}
	switch p.state {
	case qwenText:
		return p.speak(last)
	case qwenName:
		return p.readName(last)
	case qwenBegin:
		return p.beginArguments(last)
	case qwenObject:
		return p.object(last)
	}
	return p.other(last)
}

// giveUp takes a call that is too long as text.
func (p *qwenParser) giveUp() {
	p.text(markFunction + string(p.buf))
	p.buf, p.state = nil, qwenText
}

// speak passes text on.
func (p *qwenParser) speak(last bool) bool {
	if !p.begun && !p.begin(last) {
		return false
	}
	if len(p.tools) > 0 {
		marks := []string{markFunction, markArgs}
		if p.name == "" {
			marks = marks[:1] // there is no tool yet that arguments could be for
		}
		if mark, at := p.mark(0, marks...); mark != "" {
			p.text(string(p.buf[:at]))
			p.next(mark, at)
			return true
		}
	}
	n := len(p.buf)
	if i := bytes.LastIndex(p.buf, []byte("✿")); i >= 0 && !last && (startOf(markFunction, p.buf[i:]) || startOf(markArgs, p.buf[i:])) {
		n = i
	}
	p.text(string(p.buf[:n]))
	p.buf = p.buf[n:]
	return false
}

// mark returns the first of some marks from a place on, and where it is; "" and the length of
// buf if there is none.
func (p *qwenParser) mark(from int, marks ...string) (mark string, at int) {
	at = len(p.buf)
	for _, m := range marks {
		if i := bytes.Index(p.buf[from:min(at+len(m), len(p.buf))], []byte(m)); i >= 0 && from+i < at {
			mark, at = m, from+i
		}
	}
	return mark, at
}

// next goes on behind a mark. A second ✿ARGS✿ is another call of the same tool.
func (p *qwenParser) next(mark string, at int) {
	p.buf = p.buf[at+len(mark):]
	p.state, p.pos = qwenName, 0
	if mark == markArgs {
		p.state, p.argued = qwenBegin, false
	}
}

// begin drops the colon of ✿RETURN✿, and white space at the start.
func (p *qwenParser) begin(last bool) bool {
	if p.colon && len(p.buf) > 0 {
		p.colon = false
		p.buf = bytes.TrimPrefix(p.buf, []byte(":"))
	}
	trimmed := bytes.TrimLeft(p.buf, blank)
	if len(trimmed) == 0 && !last && len(p.buf) < maxBlank {
		return false
	}
	p.buf, p.begun = trimmed, true
	return true
}

// readName reads the name of a tool, which the next mark ends. Without a name the mark is text.
func (p *qwenParser) readName(last bool) bool {
	mark, at := p.mark(0, markFunction, markArgs)
	if mark == "" && !last && len(p.buf) <= maxNames+len(markFunction) {
		return false
	}
	p.name = p.tools.clean(strings.TrimPrefix(string(p.buf[:min(at, maxNames+1)]), ":"))
	if p.name == "" || at > maxNames || mark == "" && p.tools[p.name] == nil {
		p.text(markFunction)
		p.state, p.name = qwenText, ""
		return true
	}
	if mark != markArgs {
		p.finishCall("")
	}
	p.buf = p.buf[at:]
	if mark != "" {
		p.next(mark, 0)
	}
	return true
}

// finishCall gives the call out.
func (p *qwenParser) finishCall(input string) {
	p.call(llm.Call{Name: p.name, Arguments: p.tools.input(p.name, input)})
	p.state = qwenText
}

// beginArguments looks at how the arguments begin.
func (p *qwenParser) beginArguments(last bool) bool {
	rest := bytes.TrimLeft(p.buf, blank)
	switch {
	case len(rest) == 0 && !last:
		return false
	case len(rest) > 0 && rest[0] == ':' && !p.argued:
		p.buf, p.argued = rest[1:], true
	case len(rest) > 0 && rest[0] == '{' && !p.loose:
		p.buf, p.pos, p.scan = rest, 0, scanner{}
		p.state = qwenObject
	default:
		p.state, p.pos = qwenOther, 0
	}
	return true
}

// object reads arguments up to the bracket that closes them.
func (p *qwenParser) object(last bool) bool {
	for p.pos < len(p.buf) {
		c := p.buf[p.pos]
		p.pos++
		if p.scan.next(c) {
			input := string(p.buf[:p.pos])
			p.buf = p.buf[p.pos:]
			p.finishCall(input)
			return true
		}
	}
	if !last {
		return false
	}
	p.state, p.pos = qwenOther, 0 // what is not closed ends where the others do
	p.loose = true
	return true
}

// other reads arguments up to the next mark.
func (p *qwenParser) other(last bool) bool {
	mark, at := p.mark(p.pos, markFunction, markArgs)
	if mark == "" && !last {
		p.pos = max(p.pos, len(p.buf)-len(markFunction)+1)
		return false
	}
	p.finishCall(strings.TrimSpace(string(p.buf[:at])))
	p.buf = p.buf[at:]
	if mark != "" {
		p.next(mark, 0)
	}
	return true
}
