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

	turnCode = "To run code, the code follows in a block:\n" +
		turnThought + `"tool": "%s"}` + "\n```%s\n" +
		"<code on as many lines as it needs, with the numbers written in>\n```\n"

	turnAnswer = "You then get its result. When you know the answer, or need no tool:\n"

	turnExamples = `
Examples (with other tools):
Task: How much is 20 US dollars in euros, and is that more than the price stored under the key ticket?
Reply: {"thought": "I need the exchange first.", "tool": "convert_money", "arguments": {"amount": 20, "from": "USD", "to": "EUR"}}
Result: 18.4
Reply: {"thought": "Now I need the stored price.", "tool": "get_value", "arguments": {"key": "tickets"}}
Result: error: there is no key tickets. The keys are: ticket, hotel.
Reply: {"thought": "The key is called ticket.", "tool": "get_value", "arguments": {"key": "ticket"}}
Result: 15
Reply: {"thought": "I have both numbers.", "answer": "20 US dollars are 18.4 euros, which is more than the ticket price of 15 euros."}
`
	turnPlainExample = `Task: What colour is grass?
Reply: {"thought": "I know this without a tool.", "answer": "Grass is green."}`
)

// turnCodeExample is a worked example of a program in a language, with a tool of its name. Where
// it is in another language than the tool's, the 0.5B writes that one; and it takes for
// reading a table what the example takes.
func turnCodeExample(language string) string {
	program, result := "const a = \"Rosalind\";\nconst b = \"Konrad\";\nconsole.log(a.length - b.length);", "2"
	task, answer := "How much longer than Konrad is the name Rosalind?", "Rosalind is 2 letters longer."
	switch language {
	case "python":
		task, answer = "What is the weight of the red parcels in parcels.csv?", "The red parcels weigh 18.5."
		program = "import csv\ntotal = 0\nfor row in csv.DictReader(open(\"parcels.csv\")):\n    if row[\"colour\"] == \"red\":\n        total += float(row[\"weight\"])\nprint(total)"
		result = "18.5"
	case "go":
		program = "a, b := \"Rosalind\", \"Konrad\"\nfmt.Println(len(a) - len(b))"
	default:
		language = "javascript"
	}
	return "\nTask: " + task + "\nReply: {\"thought\": \"I find it with code.\", \"tool\": \"" + language + "\"}\n" +
		"```" + language + "\n" + program + "\n```\nResult: " + result + "\nReply: {\"thought\": \"I have the result.\", \"answer\": \"" + answer + "\"}"
}

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
	var code *llm.Tool
	if len(r.Tools) > 0 {
		b.WriteString("Tools:\n")
		for i, t := range r.Tools {
			line, err := toolLine(t)
			if err != nil {
				return "", err
			}
			b.WriteString(line + "\n")
			if t.Code != nil && code == nil {
				code = &r.Tools[i]
			}
		}
		b.WriteString("\n" + turnCall)
		if code != nil {
			fmt.Fprintf(&b, turnCode, code.Name, code.Code.Language)
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
	if len(r.Tools) > 0 {
		b.WriteString(turnExamples)
	} else {
		b.WriteString("\nExample:\n")
	}
	plain := turnPlainExample
	if len(r.Tools) == 0 {
		plain = strings.Replace(plain, "I know this without a tool.", "I know this.", 1)
	}
	b.WriteString(plain)
	if code != nil {
		b.WriteString(turnCodeExample(code.Code.Language))
	}
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
