package chat

import (
	"fmt"
	"strings"

	"github.com/qwen-agent/qwen-agent/llm"
)

// hermes is the format of the chat template of Qwen2.5: every prompt has a system turn,
// the tools stand at its end, calls and results stand in tags. Name and description of a
// tool come before its parameters, always.
//
// <tool_call> and </tool_call> are tokens of the vocabulary, so they are Special segments
// where the template or the model writes them; <tools> and <tool_response> are not.
type hermes struct{ name, open, close string } // open and close: the braces of the example call

const hermesSystem = "You are Qwen, created by Alibaba Cloud. You are a helpful assistant."

func (h hermes) Name() string    { return h.name }
func (h hermes) Stops() []string { return nil }

func (h hermes) Render(r *llm.Request) ([]Segment, error) {
	if err := check(r); err != nil {
		return nil, err
	}
	var p prompt
	system := hermesSystem
	messages := r.Messages
	if messages[0].Role == llm.System {
		system, messages = messages[0].Text, messages[1:]
	}
	p.open(llm.System)
	p.text(system)
	if len(r.Tools) > 0 {
		p.text("\n\n")
		if err := h.tools(&p, r.Tools); err != nil {
			return nil, err
		}
	}
	p.close()
	for i, m := range messages {
		switch m.Role {
		case llm.Assistant:
			if err := h.assistant(&p, m); err != nil {
				return nil, err
			}
		case llm.Observer:
			if i == 0 || messages[i-1].Role != llm.Observer {
				p.special(turnOpen)
				p.text("user")
			}
			p.text("\n<tool_response>\n" + m.Text + "\n</tool_response>")
			if i == len(messages)-1 || messages[i+1].Role != llm.Observer {
				p.close()
			}
		default:
			p.turn(m.Role, m.Text)
		}
	}
	p.open(llm.Assistant)
	return p.segments, nil
}

func (h hermes) tools(p *prompt, tools []llm.Tool) error {
	p.text("# Tools\n\nYou may call one or more functions to assist with the user query.\n\n" +
		"You are provided with function signatures within <tools></tools> XML tags:\n<tools>")
	for _, t := range tools {
		line, err := toolJSON(t)
		if err != nil {
			return err
		}
		p.text("\n" + line)
	}
	p.text("\n</tools>\n\n")
	p.tagged("For each function call, return a json object with function name and arguments within <tool_call></tool_call> XML tags:\n"+
		"<tool_call>\n"+h.open+`"name": <function-name>, "arguments": <args-json-object>`+h.close+"\n</tool_call>", callOpen, callClose)
	return nil
}

// toolJSON returns a tool as the OpenAI interface spells it.
func toolJSON(t llm.Tool) (string, error) {
	b := appendString([]byte(`{"type": "function", "function": {"name": `), t.Name)
	b = appendString(append(b, `, "description": `...), t.Description)
	b = append(b, `, "parameters": `...)
	b, err := appendParameters(b, t)
	if err != nil {
		return "", err
	}
	return string(append(b, "}}"...)), nil
}

func appendParameters(dst []byte, t llm.Tool) ([]byte, error) {
	raw := []byte(t.Parameters)
	if len(raw) == 0 {
		raw = []byte(`{"type": "object", "properties": {}}`)
	}
	dst, err := appendJSON(dst, raw)
	if err != nil {
		return dst, fmt.Errorf("chat: writing the prompt: parameters of tool %q: %w", t.Name, err)
	}
	return dst, nil
}

func (h hermes) assistant(p *prompt, m llm.Message) error {
	p.special(turnOpen)
	p.text("assistant")
	switch {
	case m.Raw != "":
		p.text("\n")
		p.tagged(m.Raw, callOpen, callClose)
	case len(m.Calls) == 0 || m.Text != "":
		p.text("\n" + m.Text)
	}
	if m.Raw == "" {
		for _, c := range m.Calls {
			p.text("\n")
			if err := p.call(c); err != nil {
				return err
			}
		}
	}
	p.close()
	return nil
}

// call writes a call in its tags.
func (p *prompt) call(c llm.Call) error {
	arguments, err := appendArguments(nil, c)
	if err != nil {
		return err
	}
	p.special(callOpen)
	// The template puts the name between quotes as it stands, without escapes.
	p.text("\n{\"name\": \"" + c.Name + "\", \"arguments\": " + string(arguments) + "}\n")
	p.special(callClose)
	return nil
}

// appendArguments appends the arguments of a call; none are an empty object.
func appendArguments(dst []byte, c llm.Call) ([]byte, error) {
	raw := []byte(c.Arguments)
	if len(strings.TrimSpace(string(raw))) == 0 {
		raw = []byte("{}")
	}
	dst, err := appendJSON(dst, raw)
	if err != nil {
		return dst, fmt.Errorf("chat: writing the prompt: arguments of a call of %q: %w", c.Name, err)
	}
	return dst, nil
}
