package chat

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/qwen-agent/qwen-agent/llm"
)

// The fixed parts of the system text. It was measured as it stands: with other words the
// small models do worse or better, so a change here is one to evaluate.
const (
	turnFirst = "You are a careful assistant that solves a task step by step with tools."
	turnAlone = "You are a careful assistant that solves a task step by step."

	turnThought = `{"thought": "<what to do next, in one short sentence>", `

	turnCall = "Every reply is one JSON object. To call a tool:\n" +
		turnThought + `"tool": "<tool name>", "arguments": {...}}` + "\n"

	turnCode = "To run code, the code follows in a block:\n"

	turnBlock = turnThought + `"tool": "%s"}` + "\n```%s\n" +
		"<code on as many lines as it needs, with the numbers written in>\n```\n"

	turnAnswer = "You then get its result. When you know the answer, or need no tool:\n"
)

// How a thought may begin, and how it goes on if the answer is known and if a tool is needed. The worked examples have both.
const (
	TurnBegins = `{"thought": "I`
	TurnKnows  = " know"
	TurnNeeds  = " need"
)

// turnSystem returns the text of the system turn. Without tools the parts about tools
// are left out, and with a schema for the answer the layout says so.
func turnSystem(r *llm.Request, instruction string) (string, error) {
	var b strings.Builder
	first := turnFirst
	if len(r.Tools) == 0 {
		first = turnAlone
	}
	b.WriteString(first + "\n\n")
	if instruction != "" {
		b.WriteString(instruction + "\n\n")
	}
	var code []llm.Tool
	if len(r.Tools) > 0 {
		b.WriteString("Tools:\n")
		for _, t := range r.Tools {
			line, err := toolLine(t)
			if err != nil {
				return "", err
			}
			b.WriteString(line + "\n")
			if t.Code != nil {
				code = append(code, t)
			}
		}
		b.WriteString("\n" + turnCall)
		for i, t := range code {
			if i == 0 {
				b.WriteString(turnCode)
			}
			fmt.Fprintf(&b, turnBlock, t.Name, t.Code.Language)
		}
		b.WriteString(turnAnswer)
	} else {
		b.WriteString("Every reply is one JSON object:\n")
	}
	if r.Schema == nil {
		b.WriteString(turnThought + `"answer": "<the answer in a short sentence>"}` + "\n")
	} else {
		schema, err := appendJSON(nil, r.Schema)
		if err != nil {
			return "", fmt.Errorf("chat: writing the prompt: the schema of the answer: %w", err)
		}
		b.WriteString(turnThought + `"answer": <the answer as JSON>}` + "\n" +
			"The answer is JSON that this JSON Schema describes: " + string(schema) + "\n")
	}
	b.WriteString("\n" + turnExamples(r.Tools, code))
	return b.String(), nil
}

// toolLine returns a tool as "name(args): what it does", an argument with an enum as
// "name: a|b". The program of a tool with code is no argument, since it stands in a block;
// with no other argument such a tool is "name: what it does".
func toolLine(t llm.Tool) (string, error) {
	arguments, err := argumentsOf(t)
	if err != nil {
		return "", fmt.Errorf("chat: writing the prompt: parameters of tool %q: %w", t.Name, err)
	}
	head := t.Name
	if t.Code == nil || len(arguments) > 0 {
		head += "(" + strings.Join(arguments, ", ") + ")"
	}
	return head + ": " + strings.Join(strings.Fields(t.Description), " "), nil
}

// argumentsOf returns the arguments of a tool in the order of its schema, without its
// program.
func argumentsOf(t llm.Tool) ([]string, error) {
	if len(t.Parameters) == 0 {
		return nil, nil
	}
	if !json.Valid(t.Parameters) {
		var v any
		return nil, json.Unmarshal(t.Parameters, &v)
	}
	schema, _, err := parseLenient(string(t.Parameters))
	if err != nil {
		return nil, err
	}
	properties := schema.get("properties")
	if properties == nil || properties.kind != '{' {
		return nil, nil
	}
	var arguments []string
	for i, name := range properties.keys {
		if t.Code != nil && name == t.Code.Parameter {
			continue
		}
		if enum := properties.kids[i].get("enum"); enum != nil && enum.kind == '[' && len(enum.kids) > 0 {
			values := make([]string, len(enum.kids))
			for j := range enum.kids {
				if values[j] = enum.kids[j].text; enum.kids[j].kind != '"' {
					values[j] = string(enum.kids[j].appendTo(nil))
				}
			}
			name += ": " + strings.Join(values, "|")
		}
		arguments = append(arguments, name)
	}
	return arguments, nil
}
