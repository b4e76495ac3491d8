package chat

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/qwen-agent/qwen-agent/llm"
)

func (react) Parser(r *llm.Request) Parser {
	if len(r.Tools) == 0 {
		return parser(plain{})
	}
	return parser(&reactParser{tools: callable(r), emitter: emitter{next: firstID(r)}})
}

// reactParser reads Thought, Action, Action Input and Final Answer. The thought is given
// out as it comes, and so is the answer after the first "Final Answer:". What follows an
// "Action:" is kept to the end, because the last one counts. An answer without any of
// these marks was given out as a thought before that was known; at the end it is given
// out again as the text that it is.
type reactParser struct {
	emitter
	tools  registry
	state  reactState
	buf    []byte // what is not given out yet
	all    []byte // all of it, since it may turn out to be the answer
	spaced bool   // white space at the start of buf belongs to what was given out before
}

type reactState int

const (
	reactBegin  reactState = iota // nothing was written but white space
	reactThink                    // in the thought
	reactAnswer                   // in the final answer
	reactAct                      // behind an action
)

const (
	markAction      = "\nAction:"
	markInput       = "\nAction Input:"
	markAnswer      = "\nFinal Answer:"
	markObservation = "\nObservation:"
)

func (p *reactParser) Write(s string) []llm.Chunk {
	s = s[:min(len(s), maxHeld-len(p.all))] // no answer is as long
	p.all = append(p.all, s...)
	p.buf = append(p.buf, s...)
	for p.step(false) {
	}
	return p.take()
}

func (p *reactParser) Close() []llm.Chunk {
	for p.step(true) {
	}
	switch p.state {
	case reactThink:
		p.send(p.answer())
	case reactAct:
		p.act()
	}
	return p.take()
}

// answer returns all that was written, as text.
func (p *reactParser) answer() string {
	s := strings.TrimSpace(string(p.all))
	return strings.TrimSpace(strings.TrimPrefix(s, "Thought:"))
}

// step reads on and reports whether it can be called again at once; last says that
// nothing more will come.
func (p *reactParser) step(last bool) bool {
	switch p.state {
	case reactBegin:
		return p.begin(last)
	case reactThink, reactAnswer:
		return p.line(last)
	}
	return false
}

// begin passes over a "Thought:", which the prompt ended with already, and puts a line
// break where every mark has one.
func (p *reactParser) begin(last bool) bool {
	const mark = "Thought:"
	p.buf = bytes.TrimLeft(p.buf, " \t\r\n")
	if len(p.buf) == 0 || !last && len(p.buf) < len(mark) && startOf(mark, p.buf) {
		return false
	}
	p.buf = append([]byte{'\n'}, bytes.TrimPrefix(p.buf, []byte(mark))...)
	p.state = reactThink
	return true
}

// line gives out what stands before the next mark.
func (p *reactParser) line(last bool) bool {
	at, mark := len(p.buf), ""
	for _, m := range []string{markAction, markAnswer} {
		if m == markAnswer && p.state == reactAnswer {
			continue // the first one counts: the answer was given out
		}
		if i := bytes.Index(p.buf[:at], []byte(m)); i >= 0 {
			at, mark = i, m
		}
	}
	if mark == "" && !last { // the last line may be the start of a mark
		if i := bytes.LastIndexByte(p.buf, '\n'); i >= 0 && (startOf(markAction, p.buf[i:]) || startOf(markAnswer, p.buf[i:])) {
			at = i
		}
	}
	given := bytes.TrimRight(p.buf[:at], " \t\r\n")
	if !p.spaced {
		given = bytes.TrimLeft(given, " \t\r\n")
	}
	if len(given) > 0 {
		p.spaced = true
		if p.state == reactThink {
			p.thought(string(given))
		} else {
			p.send(string(given))
		}
	}
	switch mark {
	case markAnswer:
		p.state, p.spaced = reactAnswer, false
		p.buf = p.buf[at+len(mark):]
		return true
	case markAction:
		p.state = reactAct
		p.buf = p.buf[at:]
		return true
	}
	p.buf = p.buf[len(bytes.TrimRight(p.buf[:at], " \t\r\n")):]
	return false
}

// act decides about what stands behind the first action: by the last one, as the first
// Qwen's own parser does.
func (p *reactParser) act() {
	s := string(p.buf)
	i := strings.LastIndex(s, markAction)
	j := strings.LastIndex(s, markInput)
	k := strings.LastIndex(s, markObservation)
	if k < j { // the usual case: the stop string ended the turn
		k = len(s)
	}
	name, input := "", ""
	if i < j {
		name, input = s[i+len(markAction):j], s[j+len(markInput):k]
	} else {
		name, _, _ = strings.Cut(strings.TrimLeft(s[i+len(markAction):], " \t"), "\n")
	}
	name = p.tools.clean(name)
	if len(p.tools) == 0 || name == "" || i >= j && p.tools[name] == nil {
		p.refuse(s)
		return
	}
	if before := strings.TrimSpace(s[:i]); before != "" {
		p.thought("\n" + before)
	}
	p.call(llm.Call{Name: name, Arguments: p.tools.input(name, input)})
}

// refuse gives out what is behind an action as text.
func (p *reactParser) refuse(s string) {
	switch i := strings.LastIndex(s, markAnswer); {
	case i >= 0:
		if p.spoke {
			p.send("\n")
		}
		p.send(strings.TrimSpace(s[i+len(markAnswer):]))
	case p.spoke:
		p.send(strings.TrimRight(s, " \t\r\n"))
	default:
		p.send(p.answer())
	}
}

// clean returns the name of a tool as it is registered: models put it in quotes,
// backticks or brackets, or put brackets behind it.
func (tools registry) clean(name string) string {
	name = strings.TrimSpace(name)
	if tools[name] == nil {
		if s := strings.Trim(name, "`'\"[](){}*.: \t"); tools[s] != nil {
			return s
		}
	}
	return name
}

// input reads an Action Input as the arguments of a tool.
func (tools registry) input(name, s string) json.RawMessage {
	s = strings.TrimSpace(s)
	body := unfence(s)
	n, length, err := parseLenient(body)
	var code *llm.Code
	if t := tools[name]; t != nil {
		code = t.Code
	}
	switch {
	case code != nil && (err != nil || n.kind != '{' || n.get(code.Parameter) == nil || strings.TrimSpace(body[length:]) != ""):
		return withProgram(nil, code.Parameter, strings.TrimRight(body, " \t\r\n"))
	case err == nil && n.kind == '{':
		return n.source(body)
	case body == "":
		return json.RawMessage("{}")
	}
	return appendString(nil, body)
}

// unfence returns what stands between a mark of a fence at the start of s and the next
// one, or s itself.
func unfence(s string) string {
	rest, ok := strings.CutPrefix(s, "```")
	if !ok {
		return s
	}
	if word, after, ok := strings.Cut(rest, "\n"); ok && !strings.ContainsAny(word, "{[`") {
		rest = after
	}
	if i := strings.LastIndex(rest, "```"); i >= 0 {
		rest = rest[:i]
	}
	return strings.TrimRight(rest, " \t\r\n")
}
