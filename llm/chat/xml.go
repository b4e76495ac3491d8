package chat

import (
	"fmt"

	"github.com/qwen-agent/qwen-agent/llm"
)

// xml is the format of the chat template of Qwen3-Coder: a call is <function=NAME> with a
// block <parameter=NAME> for each argument, in the tags of hermes. A value stands there as it
// is, without quotes and escapes, so that a program needs none; what is no string is JSON or,
// outside of lists and objects, what Python prints. Tools are described in tags, too.
//
// Two wordings of the instructions were published, with "functions" and with "tools".
type xml struct{ name, noun, example, reminder string }

const (
	xmlSystem = "You are Qwen, a helpful AI assistant that can interact with a computer to solve tasks."

	functionOpen   = "<function="
	functionClose  = "</function>"
	parameterOpen  = "<parameter="
	parameterClose = "</parameter>"
)

var (
	xmlFunctions = xml{
		name: "xml", noun: "function",
		example:  "This is the value for the second parameter\nthat can span\nmultiple lines",
		reminder: "an inner <function=...></function> block must be nested within <tool_call></tool_call> XML tags",
	}
	xmlTools = xml{
		name: "xml-tools", noun: "tool",
		example:  "value_2",
		reminder: "the tool calling block MUST begin with an opening <tool_call> tag and end with a closing </tool_call> tag.",
	}
)

func (x xml) Name() string  { return x.name }
func (xml) Stops() []string { return nil }

func (x xml) Render(r *llm.Request) ([]Segment, error) {
	if err := check(r); err != nil {
		return nil, err
	}
	var p prompt
	messages := r.Messages
	system, given := xmlSystem, messages[0].Role == llm.System
	if given {
		system, messages = messages[0].Text, messages[1:]
	}
	if given || len(r.Tools) > 0 {
		p.open(llm.System)
		p.text(system)
		if len(r.Tools) > 0 {
			p.text("\n\n# Tools\n\nYou have access to the following " + x.noun + "s:\n\n<tools>")
			for _, t := range r.Tools {
				if err := p.toolInTags(t); err != nil {
					return nil, err
				}
			}
			p.text("\n</tools>")
			x.instruct(&p)
		}
		p.close()
	}
	for i, m := range messages {
		switch m.Role {
		case llm.Assistant:
			if err := x.assistant(&p, m); err != nil {
				return nil, err
			}
		case llm.Observer:
			if i == 0 || messages[i-1].Role != llm.Observer {
				p.open(llm.User)
			}
			p.special(resultOpen)
			p.text("\n" + m.Text + "\n")
			p.special(resultClose)
			p.text("\n")
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

// instruct writes how to call.
func (x xml) instruct(p *prompt) {
	p.tagged("\n\nIf you choose to call a "+x.noun+" ONLY reply in the following format with NO suffix:\n\n"+
		"<tool_call>\n<function=example_function_name>\n<parameter=example_parameter_1>\nvalue_1\n</parameter>\n"+
		"<parameter=example_parameter_2>\n"+x.example+"\n</parameter>\n</function>\n</tool_call>\n\n"+
		"<IMPORTANT>\nReminder:\n- Function calls MUST follow the specified format: "+x.reminder+"\n"+
		"- Required parameters MUST be specified\n"+
		"- You may provide optional reasoning for your function call in natural language BEFORE the function call, but NOT after\n"+
		"- If there is no function call available, answer the question like normal with your current knowledge "+
		"and do not tell the user about function calls\n</IMPORTANT>", callOpen, callClose)
}

func (x xml) assistant(p *prompt, m llm.Message) error {
	if m.Raw != "" || len(m.Calls) == 0 {
		p.open(llm.Assistant)
		if m.Raw != "" {
			p.tagged(m.Raw, callOpen, callClose)
		} else {
			p.text(m.Text)
		}
		p.close()
		return nil
	}
	p.special(turnOpen)
	p.text("assistant")
	if text := strip(m.Text); text != "" {
		p.text("\n" + text + "\n")
	}
	for _, c := range m.Calls {
		p.text("\n")
		if err := p.callInTags(c); err != nil {
			return err
		}
	}
	p.close()
	return nil
}

// toolInTags describes a tool.
func (p *prompt) toolInTags(t llm.Tool) error {
	raw, err := appendParameters(nil, t)
	if err != nil {
		return err
	}
	src := string(raw)
	schema, _, err := parseLenient(src)
	if err != nil {
		return fmt.Errorf("chat: writing the prompt: parameters of tool %q: %w", t.Name, err)
	}
	p.text("\n<function>\n<name>" + t.Name + "</name>\n<description>" + strip(t.Description) + "</description>\n<parameters>")
	if properties := schema.get("properties"); properties != nil && properties.kind == '{' {
		for i, name := range properties.keys {
			field := &properties.kids[i]
			p.text("\n<parameter>\n<name>" + name + "</name>")
			if v := field.get("type"); v != nil {
				p.text("\n<type>" + pythonString(v, src) + "</type>")
			}
			if v := field.get("description"); v != nil {
				p.text("\n<description>" + strip(pythonString(v, src)) + "</description>")
			}
			p.otherKeys(field, src, "name", "type", "description")
			p.text("\n</parameter>")
		}
	}
	p.otherKeys(&schema, src, "type", "properties")
	p.text("\n</parameters>\n</function>")
	return nil
}

// otherKeys writes the keys of an object but those that are written already.
func (p *prompt) otherKeys(n *node, src string, written ...string) {
next:
	for i, key := range n.keys {
		for _, w := range written {
			if key == w {
				continue next
			}
		}
		p.text("\n<" + key + ">" + valueInTags(&n.kids[i], src) + "</" + key + ">")
	}
}

// valueInTags returns a value of src, which is in Python's form, as it stands in tags.
func valueInTags(n *node, src string) string {
	if n.kind == '{' || n.kind == '[' {
		return src[n.start:n.end]
	}
	return pythonString(n, src)
}

// callInTags writes a call. Arguments that are no object stand in it as they are.
func (p *prompt) callInTags(c llm.Call) error {
	raw, err := appendArguments(nil, c)
	if err != nil {
		return err
	}
	src := string(raw)
	arguments, _, err := parseLenient(src)
	if err != nil {
		return fmt.Errorf("chat: writing the prompt: arguments of a call of %q: %w", c.Name, err)
	}
	p.special(callOpen)
	p.text("\n" + functionOpen + c.Name + ">\n")
	if arguments.kind != '{' {
		p.text(pythonString(&arguments, src) + "\n")
	}
	for i, name := range arguments.keys {
		p.text(parameterOpen + name + ">\n" + valueInTags(&arguments.kids[i], src) + "\n" + parameterClose + "\n")
	}
	p.text(functionClose + "\n")
	p.special(callClose)
	return nil
}
