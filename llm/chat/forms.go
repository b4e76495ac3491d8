package chat

import "github.com/qwen-agent/qwen-agent/llm"

// CallForm is a way of writing a call of one tool, in the pieces from which a grammar of the
// calls of all tools is put together. A first call is
//
//	Open Name Separator ARGUMENTS Close
//
// where ARGUMENTS are a JSON object of the tool's parameters, or as Parameter says. In each
// further call Next stands in the place of Open; "" says that there is none.
type CallForm struct {
	Open, Name, Separator, Close, Next string

	// Parameter, if it is not nil, says that ARGUMENTS are written one by one.
	Parameter *ParameterForm
}

// ParameterForm is a way of writing an argument:
//
//	Open NAME Separator VALUE Close
//
// where VALUE is the text of a string as it is, and the JSON of anything else. The text of a
// string must not have Close and then another Open or the call's Close in it.
type ParameterForm struct{ Open, Separator, Close string }

// CallTags are the pieces of a call that are tokens of their own in vocabularies that have
// them. A renderer takes them for these tokens in what a model wrote.
func CallTags() []string { return []string{callOpen, callClose} }

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
		{Open: callOpen + "\n" + object, Name: name, Separator: separator, Close: "}\n" + callClose, Next: "\n" + callOpen + "\n" + object},
		{Open: "```json\n" + object, Name: name, Separator: separator, Close: "}\n```", Next: "\n```json\n" + object},
		{Open: object, Name: name, Separator: separator, Close: "}", Next: "\n" + object},
	}
}

func (react) forms(t llm.Tool) []CallForm {
	return []CallForm{{Open: markAction + " ", Name: t.Name, Separator: markInput + " ", Close: "\n"}}
}

// What models use in its place is what those of hermes use, who were trained on that before.
func (xml) forms(t llm.Tool) []CallForm {
	parameter := &ParameterForm{parameterOpen, ">\n", "\n" + parameterClose + "\n"}
	const tagged = callOpen + "\n" + functionOpen
	return append([]CallForm{
		{Open: tagged, Name: t.Name, Separator: ">\n", Close: functionClose + "\n" + callClose, Next: "\n" + tagged, Parameter: parameter},
		{Open: functionOpen, Name: t.Name, Separator: ">\n", Close: functionClose, Next: "\n" + functionOpen, Parameter: parameter},
	}, hermes{}.forms(t)[1:]...)
}

func (f qwen) forms(t llm.Tool) []CallForm {
	form := CallForm{Open: markFunction + ": ", Name: t.Name, Separator: "\n" + markArgs + ": ", Close: "\n"}
	if f.parallel {
		form.Next = form.Open
	}
	return []CallForm{form}
}
