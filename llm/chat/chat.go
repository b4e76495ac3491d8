// Package chat turns messages into the text that a model reads, and what the model
// writes into text, thoughts and calls. It has one Format for each way of writing that
// the models were trained on or that was measured to suit them:
//
//   - hermes: calls in <tool_call> tags, as the chat template of Qwen2.5 writes them;
//     hermes-braces is the same for the models whose template doubles the braces of the
//     example call, as that of Qwen2.5-Coder-1.5B does
//   - hermes-qwen3: the same calls in the template of Qwen3, whose models may think first
//   - xml, xml-tools: calls of <function=NAME> with <parameter=NAME> blocks, as the templates of
//     Qwen3-Coder have them in two wordings
//   - xml-qwen3.5: the same calls in the template of Qwen3.5, whose models may think first
//   - qwen, qwen-parallel: the lines ✿FUNCTION✿, ✿ARGS✿, ✿RESULT✿, ✿RETURN✿ of Qwen-Agent for
//     Qwen2, with instructions for one call at a time and for several
//   - react: the Thought, Action, Action Input, Observation lines of the first Qwen
//   - turn: one JSON object a turn, for small models
//
// A prompt is a list of segments, because the text of a stranger must never become a
// special token: only a Segment that says so is one.
//
// Every format keeps a promise that the prompt cache of an engine lives on: if a
// request's messages are those of an earlier one, then the assistant's answer with its
// Raw, then more, its prompt starts with the earlier prompt and that Raw, byte for byte.
// Thoughts are the exception: as the templates of hermes-qwen3 and xml-qwen3.5 do, they are
// dropped when a user speaks again.
package chat

import (
	"fmt"
	"slices"
	"strings"

	"github.com/qwen-agent/qwen-agent/llm"
)

// Segment is a stretch of a prompt.
type Segment struct {
	Text string

	// Special says that Text is the spelling of exactly one special or added token, such
	// as <|im_start|>. A model whose vocabulary lacks it reads Text as ordinary text.
	// The text of a segment that is not special never becomes a special token.
	Special bool
}

// Join returns the segments as one text, for a log or a test: a tokenizer must not be
// given it, since it cannot tell a special token from its spelling.
func Join(segments []Segment) string {
	var b strings.Builder
	for _, s := range segments {
		b.WriteString(s.Text)
	}
	return b.String()
}

// Format is a way of writing conversations.
type Format interface {
	// Name is what Get knows the format by.
	Name() string

	// Render writes the prompt: all messages, up to the place where the model goes on.
	// It fails if the request has no message, a role that nobody has, or JSON that is none.
	Render(r *llm.Request) ([]Segment, error)

	// Stops returns the strings that end a turn, besides the end-of-turn token. They are
	// no part of what the model wrote.
	Stops() []string

	// Parser returns a parser for one answer to r.
	Parser(r *llm.Request) Parser
}

// Parser takes an answer apart while it is written. What it returns does not depend on
// how the answer is split: the thoughts are the same, so are the texts, and the calls
// stand at the same places between them.
//
// A Call's ID is "call_1" for the first call of a conversation, and so on. Its Arguments
// are a JSON object; where a model wrote something else in a place that can only be a
// call (a <tool_call> tag, an Action Input line), they are a JSON string of what it wrote,
// so that whoever runs the call can say what is wrong with it.
type Parser interface {
	// Write takes more of the answer and returns what is now certain. It never returns
	// text that may turn out to be part of a call.
	Write(s string) []llm.Chunk

	// Close says that the answer is over and returns the rest.
	Close() []llm.Chunk
}

// maxHeld bounds, in bytes, what a parser keeps back while it waits for the end of a
// call. Beyond it the text is given up as a call and passed on.
const maxHeld = 1 << 20

var formats = []Format{
	hermes{name: "hermes", open: "{", close: "}"},
	hermes{name: "hermes-braces", open: "{{", close: "}}"},
	hermesQwen3{hermes{name: "hermes-qwen3", open: "{", close: "}"}},
	xmlFunctions,
	xmlTools,
	xmlQwen35{xml{name: "xml-qwen3.5", noun: xmlFunctions.noun, example: xmlFunctions.example, reminder: xmlFunctions.reminder}},
	qwen{name: "qwen"},
	qwen{name: "qwen-parallel", parallel: true},
	react{},
	turn{},
}

// Get returns the format of that name.
func Get(name string) (Format, error) {
	for _, f := range formats {
		if f.Name() == name {
			return f, nil
		}
	}
	return nil, fmt.Errorf("chat: format %q: there is no such format, only %s", name, strings.Join(Names(), ", "))
}

// Names returns the names of all formats: llm.Formats.
func Names() []string { return slices.Clone(llm.Formats) }

// ForTemplate returns the name of the format that a model was trained on, by the text of its
// chat template, which is only looked at, never run: by the tags of its calls, by whether it can
// be told to think, and by its wording. A template without tools is that of Qwen1.5 and Qwen2 if it
// has their system text, and their format is qwen; else it is taken for the first Qwen's, react.
func ForTemplate(jinja string) string {
	has := func(s string) bool { return strings.Contains(jinja, s) }
	switch {
	case !has(callOpen) && has("system\nYou are a helpful assistant") || !has(callOpen) && has(`system\nYou are a helpful assistant`):
		return "qwen"
	case !has(callOpen):
		return "react"
	case has(functionOpen) && has("enable_thinking"):
		return "xml-qwen3.5"
	case has(functionOpen) && has("call a tool ONLY"):
		return "xml-tools"
	case has(functionOpen):
		return "xml"
	case has("enable_thinking"):
		return "hermes-qwen3"
	case has(`{{\"name\": <function-name>`) || has(`{{"name": <function-name>`):
		return "hermes-braces"
	}
	return "hermes"
}

// parser wraps p so that it never sees, and so never returns, half a rune.
func parser(p Parser) Parser { return &whole{p: p} }
