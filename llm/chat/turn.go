package chat

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/qwen-agent/qwen-agent/llm"
)

// turn is the format for small models: the answer of every turn is one JSON object, with
// a thought first and then either a tool and its arguments or the answer. A tool with
// llm.Tool.Code may be called without arguments, its program in a fence below the object.
//
// The system turn holds a fixed text with the tools and worked examples with other tools
// (turn_text.go). A System message at the start of a request stands in it as a paragraph
// of its own, after the fixed first sentence and before the tools. A user's message is
// "Task: " and its text, a result is "Result: " and its text, with "error: " before the
// text of one that failed unless it starts so. Results that follow each other, and a user's
// message that follows a result, are one user turn, a line each; the latter then has no
// "Task: " before it, since it is a word on the task at hand.
type turn struct{}

func (turn) Name() string    { return "turn" }
func (turn) Stops() []string { return nil }

func (f turn) Render(r *llm.Request) ([]Segment, error) {
	if err := check(r); err != nil {
		return nil, err
	}
	var p prompt
	messages := r.Messages
	instruction := ""
	if messages[0].Role == llm.System {
		instruction, messages = messages[0].Text, messages[1:]
	}
	system, err := turnSystem(r, instruction)
	if err != nil {
		return nil, err
	}
	p.turn(llm.System, system)
	code := map[string]*llm.Code{}
	for _, t := range r.Tools {
		code[t.Name] = t.Code
	}
	for i, m := range messages {
		follows := i > 0 && messages[i-1].Role == llm.Observer
		switch m.Role {
		case llm.System:
			p.turn(llm.System, m.Text)
		case llm.Assistant:
			text, err := turnText(r, m, code)
			if err != nil {
				return nil, err
			}
			p.turn(llm.Assistant, text)
		default:
			switch {
			case !follows:
				p.open(llm.User)
			default:
				p.text("\n")
			}
			p.text(turnLine(m, follows))
			if i == len(messages)-1 || messages[i].Role == llm.User ||
				messages[i+1].Role != llm.Observer && messages[i+1].Role != llm.User {
				p.close()
			}
		}
	}
	p.open(llm.Assistant)
	return p.segments, nil
}

// turnLine returns the text of a user's message or of a result; follows says that a
// result comes before it.
func turnLine(m llm.Message, follows bool) string {
	switch {
	case m.Role == llm.Observer && m.Failed && !strings.HasPrefix(m.Text, "error"):
		return "Result: error: " + m.Text
	case m.Role == llm.Observer:
		return "Result: " + m.Text
	case follows:
		return m.Text
	}
	return "Task: " + m.Text
}

// turnText returns the text of an assistant's turn, made from its parts if it is not
// the model's own.
func turnText(r *llm.Request, m llm.Message, code map[string]*llm.Code) (string, error) {
	if m.Raw != "" {
		return m.Raw, nil
	}
	b := appendString([]byte(`{"thought": `), m.Thought)
	if len(m.Calls) == 0 {
		b = append(b, `, "answer": `...)
		if r.Schema != nil && json.Valid([]byte(m.Text)) {
			b, _ = appendJSON(b, []byte(m.Text))
		} else {
			b = appendString(b, m.Text)
		}
		return string(append(b, '}')), nil
	}
	for i, c := range m.Calls {
		if i > 0 {
			b = append(b, "\n{\"thought\": \"\""...)
		}
		b = appendString(append(b, `, "tool": `...), c.Name)
		if k := code[c.Name]; k != nil {
			if program, ok := programOf(c, k); ok {
				b = fmt.Appendf(b, "}\n```%s\n%s\n```", k.Language, strings.TrimSuffix(program, "\n"))
				continue
			}
		}
		var err error
		if b, err = appendArguments(append(b, `, "arguments": `...), c); err != nil {
			return "", err
		}
		b = append(b, '}')
	}
	return string(b), nil
}

// programOf returns the program of a call if that is its only argument.
func programOf(c llm.Call, k *llm.Code) (string, bool) {
	var arguments map[string]json.RawMessage
	var program string
	if json.Unmarshal(c.Arguments, &arguments) != nil || len(arguments) != 1 {
		return "", false
	}
	raw, ok := arguments[k.Parameter]
	if !ok || json.Unmarshal(raw, &program) != nil {
		return "", false
	}
	return program, true
}
