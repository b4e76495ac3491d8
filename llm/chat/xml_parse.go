package chat

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/qwen-agent/qwen-agent/llm"
)

func (xml) Parser(r *llm.Request) Parser {
	tools := callable(r)
	if len(tools) == 0 {
		return parser(plain{})
	}
	return parser(&hermesParser{tools: tools, functions: true, emitter: emitter{next: firstID(r)}})
}

// function is a <function=NAME> that a hermesParser is in: its buf starts with that, or with
// the <tool_call> before it. A value ends at a </parameter> behind which a tag of the call
// stands, so that a value can have such tags in it.
type function struct {
	wrapped bool // a <tool_call> stands before it
	pos     int  // how far buf is read
	state   functionState
	name    string
	keys    []string
	values  []string
	start   int  // where the value, or the body, begins
	loose   bool // the answer is over, so a value may end without its own closing tag
}

type functionState int

const (
	inName      functionState = iota // behind <function=
	inBetween                        // where a parameter or the end may come
	inParameter                      // behind <parameter=
	inValue                          // in a value
	inBody                           // in something that is no parameter
)

// maxGap bounds the white space that is looked through for a tag.
const maxGap = 256

// maxNames bounds the name of a tool or a parameter in a call.
const maxNames = 2 * maxName

// inFunction reads on in the function; false means that more of the answer is needed.
func (p *hermesParser) inFunction() bool {
	f := p.function
	for {
		rest := p.buf[f.pos:]
		switch f.state {
		case inName, inParameter:
			i := bytes.IndexAny(rest, ">\n")
			if i < 0 && len(rest) <= maxNames {
				return false
			}
			if i < 0 || i > maxNames || rest[i] == '\n' {
				return p.noFunction()
			}
			name := strings.Trim(string(rest[:i]), " \t\"'")
			f.pos += i + 1
			if f.state == inParameter {
				f.keys = append(f.keys, name)
				f.state, f.start = inValue, f.pos
				continue
			}
			if name == "" || !f.wrapped && p.tools[name] == nil {
				return p.noFunction()
			}
			f.name, f.state = name, inBetween
		case inBetween:
			mark, at, wait := nextTag(rest)
			switch {
			case wait:
				return false
			case mark == parameterOpen:
				f.pos += at + len(mark)
				f.state = inParameter
			case mark != "": // without its own closing tag, too
				if mark == functionClose {
					at += len(mark)
				}
				return p.endFunction(f.pos+at, f.arguments(p.tools))
			default:
				f.state, f.start = inBody, f.pos
			}
		case inValue:
			if f.loose {
				n := f.looseValue(p.buf[f.start:])
				if n < 0 {
					return false
				}
				f.values = append(f.values, unline(string(p.buf[f.start:f.start+n])))
				f.pos, f.state = f.start+n, inBetween
				if hasPrefix(p.buf[f.pos:], parameterClose) {
					f.pos += len(parameterClose)
				}
				continue
			}
			i := bytes.Index(rest, []byte(parameterClose))
			if i < 0 {
				f.pos = max(f.pos, len(p.buf)-len(parameterClose)+1)
				return p.holds()
			}
			behind := f.pos + i + len(parameterClose)
			mark, _, wait := nextTag(p.buf[behind:])
			if wait {
				f.pos += i
				return p.holds()
			}
			if mark != "" {
				f.values = append(f.values, unline(string(p.buf[f.start:f.pos+i])))
				f.state = inBetween
			}
			f.pos = behind
		case inBody:
			i := bytes.Index(rest, []byte(functionClose))
			if i < 0 {
				f.pos = max(f.pos, len(p.buf)-len(functionClose)+1)
				return p.holds()
			}
			i += f.pos
			return p.endFunction(i+len(functionClose), f.body(string(p.buf[f.start:i]), p.tools))
		}
	}
}

// nextTag looks for a tag of a call behind white space. wait says that it may yet come.
func nextTag(b []byte) (mark string, at int, wait bool) {
	rest := bytes.TrimLeft(b[:min(len(b), maxGap)], blank)
	at = min(len(b), maxGap) - len(rest)
	if at == maxGap {
		return "", 0, false
	}
	rest = b[at:]
	for _, mark := range []string{parameterOpen, functionClose, callClose} {
		if hasPrefix(rest, mark) {
			return mark, at, false
		}
		wait = wait || startOf(mark, rest)
	}
	return "", 0, wait
}

// unline drops the line breaks that the format puts around a value.
func unline(s string) string {
	return strings.TrimSuffix(strings.TrimPrefix(s, "\n"), "\n")
}

// looseValue returns the length of a value up to the first tag, -1 if there is none.
func (f *function) looseValue(b []byte) int {
	for at := 0; ; at++ {
		i := bytes.IndexByte(b[at:], '<')
		if i < 0 {
			return -1
		}
		at += i
		line := at > 0 && b[at-1] == '\n'
		for _, mark := range []string{parameterClose, functionClose, callClose, parameterOpen} {
			if hasPrefix(b[at:], mark) && (line || mark == parameterClose) {
				return at
			}
		}
	}
}

// holds gives up a call that is too long; else more of the answer is needed.
func (p *hermesParser) holds() bool {
	if len(p.buf) < maxHeld {
		return false
	}
	p.function = nil
	p.pass(len(p.buf))
	return true
}

// noFunction takes what was read as text.
func (p *hermesParser) noFunction() bool {
	n := len(functionOpen)
	if p.function.wrapped {
		n = len(callOpen)
	}
	p.function = nil
	p.pass(n)
	return true
}

// endFunction gives out the call, whose text ends at n. A </tool_call> that comes then is
// dropped with what stands between calls.
func (p *hermesParser) endFunction(n int, arguments json.RawMessage) bool {
	p.call(llm.Call{Name: p.function.name, Arguments: arguments})
	p.function = nil
	p.buf = p.buf[n:]
	return true
}

// finishFunction decides about a function that the answer ends in: it is a call if its values
// are complete, and none that is required is missing.
func (p *hermesParser) finishFunction() {
	f := p.function
	if f.loose = true; p.inFunction() {
		return
	}
	switch f.state {
	case inBetween:
		if typesOf(p.tools[f.name]).complete(f.keys) {
			p.endFunction(len(p.buf), f.arguments(p.tools))
			return
		}
	case inBody:
		if n, length, err := parseLenient(string(p.buf[f.start:])); err == nil && n.kind == '{' {
			p.endFunction(f.start+length, n.source(string(p.buf[f.start:])))
			return
		}
	}
	p.noFunction()
}

// arguments returns the values as the tool's schema types them.
func (f *function) arguments(tools registry) json.RawMessage {
	types := typesOf(tools[f.name])
	b := []byte{'{'}
	for i, key := range f.keys {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(appendString(b, key), ": "...)
		b = types.append(b, key, f.values[i])
	}
	return append(b, '}')
}

// body reads what stands in a function in place of parameters: nothing, or JSON.
func (f *function) body(s string, tools registry) json.RawMessage {
	n, length, err := parseLenient(s)
	if err == nil && n.kind == '{' && strings.TrimSpace(s[length:]) == "" {
		return n.source(s)
	}
	return appendString(nil, strings.TrimSpace(s))
}
