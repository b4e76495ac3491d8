package chat

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/qwen-agent/qwen-agent/llm"
)

var tools = []llm.Tool{calcTool, listTool, pythonTool, weatherTool}

// story is what a parser said, neighbours joined: "think: …", "say: …" and
// "call_1: name arguments".
func story(chunks []llm.Chunk) []string {
	var out []string
	add := func(kind, s string) {
		if n := len(out); n > 0 && strings.HasPrefix(out[n-1], kind) {
			out[n-1] += s
			return
		}
		out = append(out, kind+s)
	}
	for _, c := range chunks {
		switch {
		case c.Thought != "":
			add("think: ", c.Thought)
		case c.Text != "":
			add("say: ", c.Text)
		case c.Call != nil:
			out = append(out, fmt.Sprintf("%s: %s %s", c.Call.ID, c.Call.Name, c.Call.Arguments))
		default:
			out = append(out, "nothing")
		}
	}
	return out
}

// parse feeds the pieces to a new parser.
func parse(format string, r *llm.Request, pieces ...string) []llm.Chunk {
	f, err := Get(format)
	if err != nil {
		panic(err)
	}
	p := f.Parser(r)
	var chunks []llm.Chunk
	for _, s := range pieces {
		chunks = append(chunks, p.Write(s)...)
	}
	return append(chunks, p.Close()...)
}

type sample struct {
	name string
	in   string
	want []string
}

// check parses each sample in one piece, cut in two at each byte, and byte by byte.
func checkSamples(t *testing.T, format string, r *llm.Request, samples []sample) {
	t.Helper()
	for _, tt := range samples {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, story(parse(format, r, tt.in))); diff != "" {
				t.Fatalf("%q: %s", tt.in, diff)
			}
			for i := range len(tt.in) {
				if diff := cmp.Diff(tt.want, story(parse(format, r, tt.in[:i], tt.in[i:]))); diff != "" {
					t.Fatalf("%q|%q: %s", tt.in[:i], tt.in[i:], diff)
				}
			}
			if diff := cmp.Diff(tt.want, story(parse(format, r, strings.Split(tt.in, "")...))); diff != "" {
				t.Fatalf("rune by rune: %s", diff)
			}
			pieces := make([]string, len(tt.in))
			for i := range len(tt.in) {
				pieces[i] = tt.in[i : i+1]
			}
			chunks := parse(format, r, pieces...)
			if diff := cmp.Diff(tt.want, story(chunks)); diff != "" {
				t.Fatalf("byte by byte: %s", diff)
			}
			for _, c := range chunks {
				if c.Call != nil && !json.Valid(c.Call.Arguments) {
					t.Errorf("arguments of %s are no JSON: %s", c.Call.Name, c.Call.Arguments)
				}
			}
		})
	}
}

func TestHermesParser(t *testing.T) {
	const sum = `call_1: calc {"expr": "6*7"}`
	checkSamples(t, "hermes", &llm.Request{Tools: tools}, []sample{
		{"text", "It is 42.\n", []string{"say: It is 42.\n"}},
		{"nothing", "", nil},
		{"white space", " \n ", []string{"say:  \n "}},
		{"tag", "<tool_call>\n{\"name\": \"calc\", \"arguments\": {\"expr\": \"6*7\"}}\n</tool_call>", []string{sum}},
		{"text and tag", "I compute.\n<tool_call>\n{\"name\": \"calc\", \"arguments\": {\"expr\": \"6*7\"}}\n</tool_call>\n", []string{"say: I compute.", sum}},
		{"two tags and text", "A\n<tool_call>\n{\"name\": \"calc\", \"arguments\": {\"expr\": \"6*7\"}}\n</tool_call>\n<tool_call>\n{\"name\": \"list_files\", \"arguments\": {}}\n</tool_call>\nB \n",
			[]string{"say: A", sum, "call_2: list_files {}", "say: \nB"}},
		{"two in one tag", `<tool_call>{"name":"calc","arguments":{"expr":"6*7"}}` + "\n" + `{"name":"list_files","arguments":{}}</tool_call>`, []string{`call_1: calc {"expr":"6*7"}`, "call_2: list_files {}"}},
		{"tag not closed", "<tool_call>\n{\"name\": \"calc\", \"arguments\": {\"expr\": \"6*7\"}}", []string{sum}},
		{"tag opened again", "<tool_call>\n{\"name\": \"calc\", \"arguments\": {\"expr\": \"6*7\"}}\n<tool_call>\n{\"name\": \"list_files\", \"arguments\": {}}\n<tool_call>", []string{sum, "call_2: list_files {}", "say: <tool_call>"}},
		{"brace missing", "<tool_call>\n{\"name\": \"calc\", \"arguments\": {\"expr\": \"6*7\"}\n</tool_call>", []string{sum}},
		{"two braces missing, end missing", "<tool_call>\n{\"name\": \"calc\", \"arguments\": {\"expr\": \"6*7\"", []string{sum}},
		{"brace too many", "<tool_call>\n{\"name\": \"calc\", \"arguments\": {\"expr\": \"6*7\"}}}\n</tool_call>", []string{sum}},
		{"brace too many, bare", "{\"name\": \"calc\", \"arguments\": {\"expr\": \"6*7\"}}}\n", []string{sum}},
		{"tag closes inside a string", `<tool_call>{"name": "calc", "arguments": {"expr": "</tool_call> <tool_call>"}}</tool_call>`, []string{`call_1: calc {"expr": "</tool_call> <tool_call>"}`}},
		{"single quotes, comma, comment", "<tool_call>{'name': 'calc', /* sum */ 'arguments': {expr: '6*7',},} // done\n</tool_call>", []string{sum}},
		{"line break in a string", "<tool_call>{\"name\": \"calc\", \"arguments\": {\"expr\": \"6\n*\t7\"}}</tool_call>", []string{`call_1: calc {"expr": "6\n*\t7"}`}},
		{"Python's words", `<tool_call>{"name": "calc", "arguments": {"a": True, "b": None, "c": [False,]}}</tool_call>`, []string{`call_1: calc {"a": true, "b": null, "c": [false]}`}},
		{"arguments as a string", `<tool_call>{"name": "calc", "arguments": "{\"expr\": \"6*7\"}"}</tool_call>`, []string{sum}},
		{"parameters", `<tool_call>{"name": "calc", "parameters": {"expr": "6*7"}}</tool_call>`, []string{sum}},
		{"key order kept", `<tool_call>{"arguments":{"z":1,"a":2.50,"m":"é\u00e9"},"name":"calc"}</tool_call>`, []string{`call_1: calc {"z":1,"a":2.50,"m":"é\u00e9"}`}},
		{"unknown name in a tag", `<tool_call>{"name": "clac", "arguments": {"expr": "6*7"}}</tool_call>`, []string{`call_1: clac {"expr": "6*7"}`}},
		{"no arguments in a tag", `<tool_call>{"name": "list_files"}</tool_call>`, []string{`call_1: list_files {}`}},
		{"arguments no object in a tag", `<tool_call>{"name": "calc", "arguments": [6, 7]}</tool_call>`, []string{`call_1: calc "[6, 7]"`}},
		{"quotes not escaped in a tag", "<tool_call>\n{\"name\": \"calc\", \"arguments\": {\"expr\": \"say \"x\" now\"}}\n</tool_call>", []string{`call_1: calc "{\"expr\": \"say \"x\" now\"}"`}},
		{"cut off in a tag", `<tool_call>{"name": "calc", "arguments": {"expr": "6*`, []string{`call_1: calc "{\"expr\": \"6*"`}},
		{"no JSON in a tag", "<tool_call>calc 6*7</tool_call> ok", []string{"say: <tool_call>calc 6*7</tool_call> ok"}},
		{"empty tag", "<tool_call></tool_call>", []string{"say: <tool_call></tool_call>"}},
		{"fence in a tag", "<tool_call>\n```json\n{\"name\": \"calc\", \"arguments\": {\"expr\": \"6*7\"}}\n```\n</tool_call>", []string{sum}},
		{"tag in a fence", "```xml\n<tool_call>\n{\"name\": \"calc\", \"arguments\": {\"expr\": \"6*7\"}}\n</tool_call>\n```", []string{sum}},
		{"json fence", "```json\n{\"name\": \"calc\", \"arguments\": {\"expr\": \"6*7\"}}\n```", []string{sum}},
		{"json fence between text", "First:\n\n```json\n{\n  \"name\": \"calc\",\n  \"arguments\": {\n    \"expr\": \"6*7\"\n  }\n}\n```\n\nThen.",
			[]string{"say: First:", "call_1: calc {\n    \"expr\": \"6*7\"\n  }", "say: \nThen."}},
		{"bare fence", "```\n[{\"name\": \"calc\", \"arguments\": {\"expr\": \"6*7\"}}, {\"name\": \"list_files\", \"arguments\": {}}]\n```", []string{sum, "call_2: list_files {}"}},
		{"fence not closed", "```json\n{\"name\": \"calc\", \"arguments\": {\"expr\": \"6*7\"}}\n", []string{sum}},
		{"fence with a backtick string", "```json\n{\"name\": \"calc\", \"arguments\": {\"expr\": \"```\"}}\n```", []string{"call_1: calc {\"expr\": \"```\"}"}},
		{"fence, unknown name", "```json\n{\"name\": \"clac\", \"arguments\": {}}\n```\n", []string{"say: ```json\n{\"name\": \"clac\", \"arguments\": {}}\n```\n"}},
		{"fence, one of two unknown", "```json\n{\"name\": \"calc\", \"arguments\": {}}\n{\"name\": \"clac\", \"arguments\": {}}\n```", []string{"say: ```json\n{\"name\": \"calc\", \"arguments\": {}}\n{\"name\": \"clac\", \"arguments\": {}}\n```"}},
		{"fence, cut off", "```json\n{\"name\": \"calc\", \"arguments\": {\"expr\": \"6*", []string{"say: ```json\n{\"name\": \"calc\", \"arguments\": {\"expr\": \"6*"}},
		{"code of another language", "```python\ncall = {\"name\": \"calc\", \"arguments\": {}}\n```\nok", []string{"say: ```python\ncall = {\"name\": \"calc\", \"arguments\": {}}\n```\nok"}},
		{"call after code", "```python\nx = {1}\n```\n{\"name\": \"calc\", \"arguments\": {\"expr\": \"6*7\"}}", []string{"say: ```python\nx = {1}\n```", sum}},
		{"other JSON in a fence", "```json\n{\"a\": 1}\n```", []string{"say: ```json\n{\"a\": 1}\n```"}},
		{"tools tag", "<tools>\n{\"name\": \"calc\", \"arguments\": {\"expr\": \"6*7\"}}\n</tools>", []string{sum}},
		{"bare", `{"name": "calc", "arguments": {"expr": "6*7"}}`, []string{sum}},
		{"bare in text", `I call {"name": "calc", "arguments": {"expr": "6*7"}} now`, []string{"say: I call", sum, "say: \nnow"}},
		{"several bare", "{\"name\": \"calc\", \"arguments\": {\"expr\": \"6*7\"}}\n{\"name\": \"list_files\", \"arguments\": {}},\n{\"name\": \"list_files\", \"arguments\": {}}", []string{sum, "call_2: list_files {}", "call_3: list_files {}"}},
		{"bare array", `[{"name": "calc", "arguments": {"expr": "6*7"}}]`, []string{sum}},
		{"bare, brace missing", `{"name": "calc", "arguments": {"expr": "6*7"}`, []string{sum}},
		{"bare, OpenAI's form", `{"type": "function", "function": {"name": "calc", "arguments": "{\"expr\": \"6*7\"}"}}`, []string{sum}},
		{"bare, end tag only", `{"name": "calc", "arguments": {"expr": "6*7"}}` + "\n</tool_call>", []string{sum}},
		{"bare, unknown name", `{"name": "clac", "arguments": {"expr": "6*7"}}`, []string{`say: {"name": "clac", "arguments": {"expr": "6*7"}}`}},
		{"bare, arguments no object", `{"name": "calc", "arguments": "6*7"}`, []string{`say: {"name": "calc", "arguments": "6*7"}`}},
		{"bare, no arguments", `{"name": "calc"}`, []string{`say: {"name": "calc"}`}},
		{"bare, cut off", `{"name": "calc", "arguments": {"expr": "6*`, []string{`say: {"name": "calc", "arguments": {"expr": "6*`}},
		{"schema copied", `{"name": "calc", "arguments": {"expr": {"type": "string"}}}`, []string{`call_1: calc {"expr": {"type": "string"}}`}},
		{"result turned into calls", "{\"name\": \"calc\", \"arguments\": {\"expr\": \"6*7\"}}\n{\"name\": \"sky\", \"arguments\": {\"description\": \"light snow\"}}", []string{sum, "say: " + `{"name": "sky", "arguments": {"description": "light snow"}}`}},
		{"braces in text", "a {b} [c] {{d}} {\"x\": 1} [1, 2] <b> `c` ``d`` < end {", []string{"say: a {b} [c] {{d}} {\"x\": 1} [1, 2] <b> `c` ``d`` < end {"}},
		{"marks cut off", "x <tool_ca", []string{"say: x <tool_ca"}},
		{"fence cut off", "x ```js", []string{"say: x ```js"}},
		{"stray end tag", "a </tool_call> b", []string{"say: a </tool_call> b"}},
		{"unicode", "<tool_call>{\"name\": \"get_weather\", \"arguments\": {\"city\": \"東京 🗼\"}}</tool_call>né", []string{`call_1: get_weather {"city": "東京 🗼"}`, "say: né"}},
		{"invalid UTF-8", "a\xffb\xe4\xb8", []string{"say: a\xffb\xe4\xb8"}},
	})
}

// Without tools, or if none may be called, all is text and is given out at once.
func TestHermesPlain(t *testing.T) {
	in := `{"name": "calc", "arguments": {}} <tool_call>`
	for _, r := range []*llm.Request{{}, {Tools: tools, Choice: &llm.Choice{Tools: []string{}}}} {
		checkSamples(t, "hermes", r, []sample{{"all", in, []string{"say: " + in}}})
	}
	only := &llm.Request{Tools: tools, Choice: &llm.Choice{Tools: []string{"list_files"}}}
	checkSamples(t, "hermes", only, []sample{
		{"not this one", `{"name": "calc", "arguments": {}}`, []string{`say: {"name": "calc", "arguments": {}}`}},
		{"this one", `{"name": "list_files", "arguments": {}}`, []string{`call_1: list_files {}`}},
	})
}

// Text that cannot become a call is given out while it is written.
func TestHermesStreams(t *testing.T) {
	f, _ := Get("hermes")
	p := f.Parser(&llm.Request{Tools: tools})
	for _, tt := range []struct {
		in   string
		want []string
	}{
		{"Hello", []string{"say: Hello"}},
		{", wor", []string{"say: , wor"}},
		{"ld {\"b", []string{"say: ld {\"b"}},
		{" {\"na", nil},
		{"nny\": ", []string{"say:  {\"nanny\":"}},
		{"\n<tool", nil},
		{"box>", []string{"say:  \n<toolbox>"}},
		{"<tool_call>\n", nil},
		{`{"name": "calc", "arguments": {"expr": "1"}}`, nil},
		{"</tool_call>", []string{`call_1: calc {"expr": "1"}`}},
		{" ", nil},
		{"end", []string{"say: \nend"}},
	} {
		if diff := cmp.Diff(tt.want, story(p.Write(tt.in))); diff != "" {
			t.Errorf("%q: %s", tt.in, diff)
		}
	}
	if got := p.Close(); len(got) != 0 {
		t.Errorf("Close: %v", story(got))
	}
}

// The calls of a conversation are counted through.
func TestCallIDs(t *testing.T) {
	r := &llm.Request{Tools: tools, Messages: []llm.Message{
		{Role: llm.User, Text: "Go"},
		{Role: llm.Assistant, Calls: []llm.Call{{Name: "calc"}, {Name: "calc"}}},
		{Role: llm.Observer, Text: "1"},
	}}
	for format, in := range map[string]string{
		"hermes": `{"name": "list_files", "arguments": {}}`,
		"react":  "Action: list_files\nAction Input: {}",
		"turn":   `{"thought": "", "tool": "list_files", "arguments": {}}`,
	} {
		if diff := cmp.Diff([]string{"call_3: list_files {}"}, story(parse(format, r, in))); diff != "" {
			t.Errorf("%s: %s", format, diff)
		}
	}
}

func TestReactParser(t *testing.T) {
	checkSamples(t, "react", &llm.Request{Tools: tools}, []sample{
		{"call", "I should compute.\nAction: calc\nAction Input: {\"expr\": \"6*7\"}\n", []string{"think: I should compute.", `call_1: calc {"expr": "6*7"}`}},
		{"thought again", "Thought: I should compute.\nAction: calc\nAction Input: {\"expr\": \"6*7\"}", []string{"think: I should compute.", `call_1: calc {"expr": "6*7"}`}},
		{"no thought", "Action: calc\nAction Input: {\"expr\": \"6*7\"}", []string{`call_1: calc {"expr": "6*7"}`}},
		{"answer", " I now know the final answer.\nFinal Answer: It is 42.\n", []string{"think: I now know the final answer.", "say: It is 42."}},
		{"answer of several lines", "I know.\nFinal Answer: a\n\nb\nAct\n", []string{"think: I know.", "say: a\n\nb\nAct"}},
		{"answer first", "Final Answer: 42", []string{"say: 42"}},
		{"no marks", "Thought: It is 42.\n", []string{"think: It is 42.", "say: It is 42."}},
		{"nothing", " \n", nil},
		{"only the word", "Thought:", nil},
		{"half the word", "Thoug", []string{"think: Thoug", "say: Thoug"}},
		{"last action counts", "A\nAction: list_files\nAction Input: {}\nB\nAction: calc\nAction Input: {\"expr\": \"6*7\"}",
			[]string{"think: A\nAction: list_files\nAction Input: {}\nB", `call_1: calc {"expr": "6*7"}`}},
		{"observation swallowed", "A\nAction: calc\nAction Input: {\"expr\": \"1\"}\nObservation: 1\nThought: done", []string{"think: A", `call_1: calc {"expr": "1"}`}},
		{"lenient input", "A\nAction: calc\nAction Input: {'expr': '6*7',}", []string{"think: A", `call_1: calc {"expr": "6*7"}`}},
		{"input in a fence", "A\nAction: calc\nAction Input: ```json\n{\"expr\": \"6*7\"}\n```\n", []string{"think: A", `call_1: calc {"expr": "6*7"}`}},
		{"input no object", "A\nAction: calc\nAction Input: 6*7", []string{"think: A", `call_1: calc "6*7"`}},
		{"input empty", "A\nAction: list_files\nAction Input:\n", []string{"think: A", "call_1: list_files {}"}},
		{"input missing", "A\nAction: list_files\n", []string{"think: A", "call_1: list_files {}"}},
		{"input missing, name unknown", "A\nAction: none\n", []string{"think: A", "say: A\nAction: none"}},
		{"name in quotes", "A\nAction: `calc`()\nAction Input: {\"expr\": \"6*7\"}", []string{"think: A", `call_1: calc {"expr": "6*7"}`}},
		{"name unknown", "A\nAction: clac\nAction Input: {}", []string{"think: A", "call_1: clac {}"}},
		{"code", "A\nAction: python\nAction Input: ```py\nprint(1)\nprint(2)\n```", []string{"think: A", `call_1: python {"code": "print(1)\nprint(2)"}`}},
		{"code without a fence", "A\nAction: python\nAction Input: print({1: 2})", []string{"think: A", `call_1: python {"code": "print({1: 2})"}`}},
		{"code on the line of the fence", "A\nAction: python\nAction Input: ```print(1)```", []string{"think: A", `call_1: python {"code": "print(1)"}`}},
		{"code as JSON", "A\nAction: python\nAction Input: {\"code\": \"print(1)\"}", []string{"think: A", `call_1: python {"code": "print(1)"}`}},
		{"code that is a dictionary", "A\nAction: python\nAction Input: {\"a\": 1}", []string{"think: A", `call_1: python {"code": "{\"a\": 1}"}`}},
		{"marks in a line", "Say Action: x and Final Answer: y", []string{"think: Say Action: x and Final Answer: y", "say: Say Action: x and Final Answer: y"}},
		{"call after an answer", "Final Answer: wait\nAction: calc\nAction Input: {\"expr\": \"6*7\"}", []string{"say: wait", `call_1: calc {"expr": "6*7"}`}},
		{"answer after an action", "A\nAction: none\nFinal Answer: 42", []string{"think: A", "say: 42"}},
		{"unicode", "思考\nAction: get_weather\nAction Input: {\"city\": \"東京\"}", []string{"think: 思考", `call_1: get_weather {"city": "東京"}`}},
	})
	none := &llm.Request{Tools: tools, Choice: &llm.Choice{Tools: []string{}}}
	checkSamples(t, "react", none, []sample{
		{"no call allowed", "A\nAction: calc\nAction Input: {}", []string{"think: A", "say: A\nAction: calc\nAction Input: {}"}},
		{"answer", "A\nFinal Answer: 42", []string{"think: A", "say: 42"}},
	})
	checkSamples(t, "react", &llm.Request{}, []sample{
		{"without tools", "Thought: A\nAction: calc", []string{"say: Thought: A\nAction: calc"}},
	})
}

func TestTurnParser(t *testing.T) {
	checkSamples(t, "turn", &llm.Request{Tools: tools}, []sample{
		{"call", `{"thought": "Compute.", "tool": "calc", "arguments": {"expr": "6*7"}}`, []string{"think: Compute.", `call_1: calc {"expr": "6*7"}`}},
		{"answer", `{"thought": "I know.", "answer": "It is \"42\".\n\u00e9 \ud83d\uddfc \\ \/"}`, []string{"think: I know.", "say: It is \"42\".\né 🗼 \\ /"}},
		{"answer first", `{"answer": "42", "thought": "I know."}`, []string{"say: 42", "think: I know."}},
		{"answer alone", `{"answer":"42"}`, []string{"say: 42"}},
		{"answer is a number", `{"thought": "I know.", "answer": 42}`, []string{"think: I know.", "say: 42"}},
		{"answer is an object", `{"thought": "I know.", "answer": {"a": [1, "}"]}}`, []string{"think: I know.", `say: {"a": [1, "}"]}`}},
		{"nothing", "  ", nil},
		{"Reply", "Reply: {\"thought\": \"T\", \"answer\": \"42\"}", []string{"think: T", "say: 42"}},
		{"fence", "```json\n{\"thought\": \"T\", \"answer\": \"42\"}\n```", []string{"think: T", "say: 42"}},
		{"pretty", "{\n  \"thought\" : \"T\",\n  \"tool\" : \"calc\",\n  \"arguments\" : {\n    \"expr\": \"1\"\n  }\n}\n", []string{"think: T", "call_1: calc {\n    \"expr\": \"1\"\n  }"}},
		{"code", "{\"thought\": \"T\", \"tool\": \"python\"}\n```python\nprint(\"a\")\n\nprint(2)\n```", []string{"think: T", `call_1: python {"code": "print(\"a\")\n\nprint(2)"}`}},
		{"code, more behind", "{\"thought\": \"T\", \"tool\": \"python\"}\n```python\nprint(1)\n```\nResult: 1", []string{"think: T", `call_1: python {"code": "print(1)"}`}},
		{"code, empty", "{\"thought\": \"T\", \"tool\": \"python\"}\n```python\n```", []string{"think: T", `call_1: python {"code": ""}`}},
		{"code not closed", "{\"thought\": \"T\", \"tool\": \"python\"}\n```\nprint(1)\n", []string{"think: T", `call_1: python {"code": "print(1)"}`}},
		{"code as an argument", `{"thought": "T", "tool": "python", "arguments": {"code": "print(1)"}}`, []string{"think: T", `call_1: python {"code": "print(1)"}`}},
		{"code and another argument", "{\"thought\": \"T\", \"tool\": \"python\", \"arguments\": {\"seconds\": 3}}\n```python\nprint(1)\n```", []string{"think: T", `call_1: python {"seconds": 3, "code": "print(1)"}`}},
		{"code missing", `{"thought": "T", "tool": "python"}`, []string{"think: T", `call_1: python {}`}},
		{"block for a tool without code", "{\"thought\": \"T\", \"tool\": \"calc\"}\n```\n1\n```", []string{"think: T", `call_1: calc {}`}},
		{"unknown tool", `{"thought": "T", "tool": "clac", "arguments": {}}`, []string{"think: T", `call_1: clac {}`}},
		{"arguments missing", `{"thought": "T", "tool": "list_files"}`, []string{"think: T", `call_1: list_files {}`}},
		{"arguments no object", `{"thought": "T", "tool": "calc", "arguments": "6*7"}`, []string{"think: T", `call_1: calc "6*7"`}},
		{"arguments as a string", `{"thought": "T", "tool": "calc", "arguments": "{\"expr\": 1}"}`, []string{"think: T", `call_1: calc {"expr": 1}`}},
		{"name and parameters", `{"thought": "T", "name": "calc", "parameters": {"expr": "6*7"}}`, []string{"think: T", `call_1: calc {"expr": "6*7"}`}},
		{"other keys", `{"plan": [1, {"a": "}"}], "n": 3, "s": "\"", "thought": "T", "answer": "42"}`, []string{"think: T", "say: 42"}},
		{"brace missing", `{"thought": "T", "tool": "calc", "arguments": {"expr": "6*7"}`, []string{"think: T", `call_1: calc {"expr": "6*7"}`}},
		{"two braces missing", `{"thought": "T", "tool": "calc", "arguments": {"expr": "6*7"`, []string{"think: T", `call_1: calc {"expr": "6*7"}`}},
		{"single quotes", `{'thought': 'T', 'tool': 'calc', 'arguments': {'expr': '6*7'}}`, []string{"think: T", `call_1: calc {"expr": "6*7"}`}},
		{"single quotes, answer", `{'thought': 'T', 'answer': 'It\'s'}`, []string{"think: T", `say: It's`}},
		{"lenient after the thought", `{"thought": "T", tool: "calc", "arguments": {"expr": "6*7",}}`, []string{"think: T", `call_1: calc {"expr": "6*7"}`}},
		{"quotes not escaped", `{"thought": "I "think" so.", "answer": "He said "hello" to me."}`, []string{`think: I "think" so.`, `say: He said "hello" to me.`}},
		{"quotes and a comma", `{"thought": "T", "answer": "He said "hi", then left."}`, []string{"think: T", `say: He said "hi", then left.`}},
		{"line break in the answer", "{\"thought\": \"T\", \"answer\": \"a\nb\"}", []string{"think: T", "say: a\nb"}},
		{"escape that is none", `{"thought": "\d \x", "answer": "\u12 \ud83d \udd00 \ud83dx"}`, []string{`think: \d \x`, "say: \\u12 \uFFFD \uFFFD \uFFFDx"}},
		{"cut off in the thought", `{"thought": "I wi`, []string{"think: I wi"}},
		{"cut off in an escape", `{"thought": "T", "answer": "a\u00e`, []string{"think: T", `say: a\u00e`}},
		{"cut off in the answer", `{"thought": "T", "answer": "It is`, []string{"think: T", "say: It is"}},
		{"cut off in the arguments", `{"thought": "T", "tool": "calc", "arguments": {"expr": "6*`, []string{"think: T", `say: {"thought": "T", "tool": "calc", "arguments": {"expr": "6*`}},
		{"thought alone", `{"thought": "It is 42."}`, []string{"think: It is 42."}},
		{"text", "It is 42.", []string{"say: It is 42."}},
		{"text before", "Sure!\n{\"thought\": \"T\", \"answer\": \"42\"}", []string{"think: T", "say: 42"}},
		{"text before a call", "Sure: {\"thought\": \"T\", \"tool\": \"python\"}\n```python\n1\n```", []string{"think: T", `call_1: python {"code": "1"}`}},
		{"other JSON", `{"result": 42}`, []string{`say: {"result": 42}`}},
		{"array", `[1, 2]`, []string{`say: [1, 2]`}},
		{"several turns", "{\"thought\": \"T\", \"answer\": \"42\"}\nTask: more\nReply: {\"answer\": \"43\"}", []string{"think: T", "say: 42"}},
		{"braces only", "{}", []string{"say: {}"}},
		{"not JSON", `{"thought" "x"}`, []string{`say: {"thought" "x"}`}},
	})
	schema := &llm.Request{Tools: tools, Schema: json.RawMessage(`{"type":"object"}`)}
	checkSamples(t, "turn", schema, []sample{
		{"object", `{"thought": "T", "answer": {"total": 3, "b": "x\n"}}`, []string{"think: T", `say: {"total": 3, "b": "x\n"}`}},
		{"string", `{"thought": "T", "answer": "a\n\"b"}`, []string{"think: T", `say: "a\n\"b"`}},
		{"number", `{"thought": "T", "answer": -1.5e3 }`, []string{"think: T", `say: -1.5e3`}},
		{"call", `{"thought": "T", "tool": "list_files", "arguments": {}}`, []string{"think: T", `call_1: list_files {}`}},
	})
	none := &llm.Request{Tools: tools, Choice: &llm.Choice{Tools: []string{}}}
	checkSamples(t, "turn", none, []sample{
		{"no call allowed", `{"thought": "T", "tool": "calc", "arguments": {}}`, []string{"think: T", `say: {"thought": "T", "tool": "calc", "arguments": {}}`}},
	})
}

// Thoughts and answers are given out letter by letter.
func TestTurnStreams(t *testing.T) {
	f, _ := Get("turn")
	p := f.Parser(&llm.Request{Tools: tools})
	for _, tt := range []struct {
		in   string
		want []string
	}{
		{`{"thou`, nil},
		{`ght": "I th`, []string{"think: I th"}},
		{`ink\`, []string{"think: ink"}},
		{`u00`, nil},
		{`e9.`, []string{"think: é."}},
		{`\ud83d`, nil},
		{`\uddfc"`, []string{"think: 🗼"}},
		{`, "answer": "4`, []string{"say: 4"}},
		{`2."}`, []string{"say: 2."}},
	} {
		if diff := cmp.Diff(tt.want, story(p.Write(tt.in))); diff != "" {
			t.Errorf("%q: %s", tt.in, diff)
		}
	}
}
