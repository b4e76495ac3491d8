package chat

import "github.com/qwen-agent/qwen-agent/llm"

// CallForm is a way of writing a call of one tool, in the pieces from which a grammar of the
// calls of all tools is put together. A first call is
//
//	Open Name Separator ARGUMENTS Close
//
// where ARGUMENTS are a JSON object of the tool's parameters. In each further call Next
// stands in the place of Open; "" says that there is none.
type CallForm struct{ Open, Name, Separator, Close, Next string }

// former is a Format whose calls begin in the middle of free text.
type former interface {
	forms(t llm.Tool) []CallForm
}

// CallForms returns the ways in which a format writes a call of t, the trained one first
// and then those that models use in its place; none for a format whose answers have no
// free text.
func CallForms(f Format, t llm.Tool) []CallForm {
	if w, ok := f.(former); ok {
		return w.forms(t)
	}
	return nil
}

func (hermes) forms(t llm.Tool) []CallForm {
	quoted := appendString(nil, t.Name)
	const object, separator = `{"name": "`, `", "arguments": `
	name := string(quoted[1 : len(quoted)-1])
	return []CallForm{
		{callOpen + "\n" + object, name, separator, "}\n" + callClose, "\n" + callOpen + "\n" + object},
		{"```json\n" + object, name, separator, "}\n```", "\n```json\n" + object},
		{object, name, separator, "}", "\n" + object},
	}
}

func (react) forms(t llm.Tool) []CallForm {
	return []CallForm{{markAction + " ", t.Name, markInput + " ", "\n", ""}}
}
