package chat

import "github.com/qwen-agent/qwen-agent/llm"

// CallForm is a way of writing a call of one tool, in the pieces from which a grammar of the
// calls of all tools is put together. A first call is
//
//	Open Name Separator ARGUMENTS Close
//
// where ARGUMENTS are a JSON object of the tool's parameters, or as Parameter says. In each
// further call Next stands in the place of Open; "" says that there is none. After the last
// one comes End.
type CallForm struct {
	Open, Name, Separator, Close, Next, End string

	// Seldom says that it is for reading what models write, and not for telling one to call.
	Seldom bool

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
	// Models that do not write the tags, such as the small ones of Qwen2.5-Coder, write the fence. They hardly ever
	// begin a list by themselves, but in one they go on to the second call where there is one to make, and
	// end it where there is none.
	return []CallForm{
		{Open: callOpen + "\n" + object, Name: name, Separator: separator, Close: "}\n" + callClose, Next: "\n" + callOpen + "\n" + object},
		{Open: "```json\n" + object, Name: name, Separator: separator, Close: "}\n```", Next: "\n```json\n" + object, Seldom: true},
		{Open: "```json\n[\n  " + object, Name: name, Separator: separator, Close: "}", Next: ",\n  " + object, End: "\n]\n```"},
		{Open: object, Name: name, Separator: separator, Close: "}", Next: "\n" + object, Seldom: true},
	}
}

func (react) forms(t llm.Tool) []CallForm {
	return []CallForm{{Open: markAction + " ", Name: t.Name, Separator: markInput + " ", Close: "\n"}}
}

// Models that think write their tags.
func (hermesQwen3) forms(t llm.Tool) []CallForm { return tagsFirst(hermes{}.forms(t)) }

// tagsFirst has the first form alone for telling a model to call.
func tagsFirst(forms []CallForm) []CallForm {
	for i := range forms[1:] {
		forms[1+i].Seldom = true
	}
	return forms
}

// What models use in its place is what those of hermes use, who were trained on that before.
func (xml) forms(t llm.Tool) []CallForm {
	parameter := &ParameterForm{parameterOpen, ">\n", "\n" + parameterClose + "\n"}
	const tagged = callOpen + "\n" + functionOpen
	return tagsFirst(append([]CallForm{
		{Open: tagged, Name: t.Name, Separator: ">\n", Close: functionClose + "\n" + callClose, Next: "\n" + tagged, Parameter: parameter},
		{Open: functionOpen, Name: t.Name, Separator: ">\n", Close: functionClose, Next: "\n" + functionOpen, Parameter: parameter},
	}, hermes{}.forms(t)[1:]...))
}

func (f qwen) forms(t llm.Tool) []CallForm {
	form := CallForm{Open: markFunction + ": ", Name: t.Name, Separator: "\n" + markArgs + ": ", Close: "\n"}
	if f.parallel {
		form.Next = form.Open
	}
	return []CallForm{form}
}
