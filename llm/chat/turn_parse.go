package chat

import (
	"bytes"

	"github.com/qwen-agent/qwen-agent/llm"
)

func (turn) Parser(r *llm.Request) Parser {
	return parser(&turnParser{
		tools:   callable(r),
		schema:  r.Schema != nil,
		emitter: emitter{next: firstID(r)},
	})
}

// turnParser reads one turn. Thought and answer are given out as they are decoded, a call
// when all of it is there. Where a schema was asked for, the text of the answer is its JSON.
//
// A quote that no comma and no brace follows is taken as a part of its string. What departs
// from the layout in another way is kept to the end and then read with repairs; if it is a
// call or has an answer even so, that is given out, and else all of it is text. What
// follows a complete turn is no part of it.
type turnParser struct {
	emitter
	tools  registry
	schema bool

	buf   []byte // the whole turn so far
	pos   int    // how far it is read
	state turnState

	key   string        // of the member that is read
	start int           // where its value starts
	quote int           // where its closing quote is
	str   stringDecoder // of a value that is a string
	scan  scanner       // of a value that is an object or an array

	thinks    bool   // there was a thought
	answered  bool   // there was an answer
	tool      string // the tool to call, if there was one
	arguments string // as written
	program   int    // where the program starts
}

func (p *turnParser) Write(s string) []llm.Chunk {
	p.buf = append(p.buf, s[:max(0, min(len(s), maxHeld-len(p.buf)))]...) // no turn is as long
	for p.step() {
	}
	return p.take()
}

func (p *turnParser) Close() []llm.Chunk {
	p.finish()
	p.state = atOver
	return p.take()
}

// turnState is where in a turn a parser is.
type turnState int

const (
	atBegin   turnState = iota // before the opening brace
	atMember                   // before a key or the closing brace
	atValue                    // before a value
	atStream                   // in a string that is given out as it is decoded
	atQuoted                   // behind a quote that may end such a string
	atClosed                   // in another string
	atNested                   // in an object or an array
	atLiteral                  // in a number, true, false or null
	atEnd                      // behind the closing brace
	atCode                     // in the program
	atLost                     // this is no turn, or not quite: kept for Close
	atOver                     // all is said
)

// step reads on and reports whether it can be called again at once; it returns false when
// it needs more of the turn.
func (p *turnParser) step() bool {
	switch p.state {
	case atBegin:
		return p.begin()
	case atMember:
		return p.member()
	case atValue:
		return p.value()
	case atStream:
		return p.stream()
	case atQuoted:
		return p.quoted()
	case atClosed:
		return p.closed()
	case atNested:
		return p.nested()
	case atLiteral:
		return p.literal()
	case atEnd:
		return p.end()
	case atCode:
		return p.code()
	case atOver:
		p.buf = p.buf[:0]
	}
	return false
}

// to changes the state.
func (p *turnParser) to(state turnState) bool {
	p.state = state
	return true
}

// rest skips white space and returns what is not read yet.
func (p *turnParser) rest() []byte {
	trimmed := bytes.TrimLeft(p.buf[p.pos:], " \t\r\n")
	p.pos = len(p.buf) - len(trimmed)
	return trimmed
}

// begin looks for the opening brace. "Reply:", which the worked examples suggest, and
// the mark of a fence may stand before it.
func (p *turnParser) begin() bool {
	rest := p.rest()
	for _, mark := range []string{"Reply:", "```json", "{"} {
		switch {
		case !hasPrefix(rest, mark) && startOf(mark, rest):
			return false
		case !hasPrefix(rest, mark):
		case mark == "{":
			p.pos++
			return p.to(atMember)
		default:
			p.pos += len(mark)
			return true
		}
	}
	return p.to(atLost)
}

const maxKey = 64 // bytes of a key; longer ones are none of ours

// member reads a key and its colon, or the end of the object.
func (p *turnParser) member() bool {
	rest := p.rest()
	if len(rest) == 0 {
		return false
	}
	switch rest[0] {
	case '}':
		p.pos++
		return p.to(atEnd)
	case ',':
		p.pos++
		return true
	case '"':
	default:
		return p.to(atLost)
	}
	n := bytes.IndexByte(rest[1:min(len(rest), maxKey+2)], '"')
	if n < 0 {
		if len(rest) > maxKey+1 {
			return p.to(atLost)
		}
		return false
	}
	after := bytes.TrimLeft(rest[n+2:], " \t\r\n")
	if len(after) == 0 {
		return false
	}
	if after[0] != ':' {
		return p.to(atLost)
	}
	p.key = string(rest[1 : n+1])
	p.pos = len(p.buf) - len(after) + 1
	return p.to(atValue)
}

// value looks at how a value begins.
func (p *turnParser) value() bool {
	rest := p.rest()
	if len(rest) == 0 {
		return false
	}
	p.start = p.pos
	p.str, p.scan = stringDecoder{quote: '"'}, scanner{}
	p.thinks = p.thinks || p.key == "thought"
	p.answered = p.answered || p.key == "answer"
	switch rest[0] {
	case '"':
		p.pos++
		if p.streams() {
			return p.to(atStream)
		}
		return p.to(atClosed)
	case '{', '[':
		return p.to(atNested)
	}
	return p.to(atLiteral)
}

// streams reports whether the member is a string that is given out decoded.
func (p *turnParser) streams() bool {
	return p.key == "thought" || p.key == "answer" && !p.schema
}

// stream reads a string that is given out decoded.
func (p *turnParser) stream() bool {
	text, n := p.str.decode(string(p.buf[p.pos:]))
	p.pos += n
	p.say(text)
	if !p.str.done {
		return false
	}
	p.quote = p.pos - 1
	return p.to(atQuoted)
}

func (p *turnParser) say(text string) {
	if p.key == "thought" {
		p.thought(text)
	} else {
		p.send(text)
	}
}

// quoted looks at what follows a quote.
func (p *turnParser) quoted() bool {
	after := bytes.TrimLeft(p.buf[p.quote+1:], " \t\r\n")
	switch {
	case len(after) == 0:
		return false
	case after[0] == ',' || after[0] == '}':
		return p.to(atMember)
	}
	p.say(`"`)
	p.str.done = false
	p.pos = p.quote + 1
	return p.to(atStream)
}

// closed reads a string that is not given out, or as JSON.
func (p *turnParser) closed() bool {
	from := p.pos
	if from == p.start+1 {
		from = p.start // with the opening quote
	}
	_, n := p.str.decode(string(p.buf[p.pos:]))
	p.pos += n
	if n > 0 {
		p.sayJSON(from)
	}
	return p.str.done && p.keep()
}

// nested reads an object or an array.
func (p *turnParser) nested() bool {
	from, done := p.pos, false
	for p.pos < len(p.buf) && !done {
		done = p.scan.next(p.buf[p.pos])
		p.pos++
	}
	p.sayJSON(from)
	return done && p.keep()
}

// literal reads a number, true, false or null.
func (p *turnParser) literal() bool {
	from := p.pos
	n := bytes.IndexAny(p.buf[from:], ",}] \t\r\n")
	if n < 0 {
		p.pos = len(p.buf)
	} else {
		p.pos += n
	}
	p.sayJSON(from)
	return n >= 0 && p.keep()
}

// sayJSON gives out an answer that is not a plain string.
func (p *turnParser) sayJSON(from int) {
	if p.key == "answer" {
		p.send(string(p.buf[from:p.pos]))
	}
}

// keep keeps the value that ends at pos.
func (p *turnParser) keep() bool {
	written := string(p.buf[p.start:p.pos])
	switch p.key {
	case "tool", "name":
		if n, _, err := parseLenient(written); err == nil && n.kind == '"' {
			p.tool = n.text
		}
	case "arguments", "parameters":
		p.arguments = written
	}
	return p.to(atMember)
}
