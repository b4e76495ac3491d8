package chat

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/qwen-agent/qwen-agent/llm"
)

func TestXMLParser(t *testing.T) {
	const open, end = "<tool_call>\n<function=calc>\n", "</function>\n</tool_call>"
	const sum, call = open + "<parameter=expr>\n6*7\n</parameter>\n" + end, `call_1: calc {"expr": "6*7"}`
	samples := []sample{
		{"call", sum, []string{call}},
		{"text before", "I compute.\n\n" + sum, []string{"say: I compute.", call}},
		{"two", sum + "\n" + open + end, []string{call, "call_2: calc {}"}},
		{"two in one tag", open + "<parameter=expr>\n6*7\n</parameter>\n</function>\n<function=calc>\n" + end, []string{call, "call_2: calc {}"}},
		{"text behind", sum + "\nDone.", []string{call, "say: Done."}},
		{"no outer tag", "So\n<function=calc>\n<parameter=expr>\n6*7\n</parameter>\n</function>", []string{"say: So", call}},
		{"no opening outer tag", "<function=calc>\n<parameter=expr>\n6*7\n</parameter>\n" + end + "\nx", []string{call, "say: x"}},
		{"on one line", "<tool_call><function=calc><parameter=expr>6*7</parameter></function></tool_call>", []string{call}},
		{"no closing tags", open + "<parameter=expr>\n6*7\n</parameter>", []string{call}},
		{"no closing function", open + "<parameter=expr>\n6*7\n</parameter>\n</tool_call>", []string{call}},
		{"no closing parameter", open + "<parameter=expr>\n6*7\n" + end + "\nx", []string{call, "say: x"}},
		{"no closing parameters", open + "<parameter=expr>\n6*7\n<parameter=n>\n1\n" + end, []string{`call_1: calc {"expr": "6*7", "n": 1}`}},
		{"cut off in a value", open + "<parameter=expr>\n6*", []string{"say: " + open + "<parameter=expr>\n6*"}},
		{"cut off in a name", "<tool_call>\n<function=ca", []string{"say: <tool_call>\n<function=ca"}},
		{"unknown in tags", "<tool_call>\n<function=nope>\n</function>\n</tool_call>", []string{"call_1: nope {}"}},
		{"unknown without", "Use <function=nope> here.", []string{"say: Use <function=nope> here."}},
		{"a name in quotes", "<function=\"calc\">\n</function>", []string{"call_1: calc {}"}},
		{"tags in a value", open + "<parameter=expr>\n<b>\n</parameter>\n</b> </function> </tool_call>\n</parameter>\n" + end, []string{`call_1: calc {"expr": "<b>\n</parameter>\n</b> </function> </tool_call>"}`}},
		{"blank values", open + "<parameter=expr>\n\n \n\n</parameter>\n<parameter=n>\n\n</parameter>\n" + end, []string{`call_1: calc {"expr": "\n \n", "n": ""}`}},
		{"JSON in the function", "<function=calc>{\"expr\": \"6*7\"}</function>", []string{call}},
		{"words in the function", open + "6*7\n" + end, []string{`call_1: calc "6*7"`}},
		{"as hermes has it", "<tool_call>\n{\"name\": \"calc\", \"arguments\": {\"expr\": \"6*7\"}}\n</tool_call>", []string{call}},
		{"as hermes has it in a fence", "```json\n{\"name\": \"calc\", \"arguments\": {\"expr\": \"6*7\"}}\n```", []string{call}},
		{"text", "a < b <tool_calls> <functional>", []string{"say: a < b <tool_calls> <functional>"}},
		{"unicode", open + "<parameter=日本>\né 🗼\n</parameter>\n" + end, []string{`call_1: calc {"日本": "é 🗼"}`}},
	}
	checkSamples(t, "xml", &llm.Request{Tools: tools}, samples)
	checkSamples(t, "xml-tools", &llm.Request{Tools: tools}, samples)
	checkSamples(t, "xml-qwen3.5", &llm.Request{Tools: tools, Thinking: &llm.Thinking{Off: true}}, samples)
	checkSamples(t, "xml-qwen3.5", &llm.Request{Tools: tools}, []sample{
		{"thought", "\nI compute.\n</think>\n\n" + sum, []string{"think: I compute.", call}},
		{"thought that never ends", "I compute.\n" + sum, []string{"think: I compute.\n" + sum}},
		{"empty thought", "\n</think>\n\n42", []string{"say: 42"}},
	})
	two := []llm.Tool{{Name: "put", Parameters: json.RawMessage(`{"type": "object", "properties": {"key": {"type": "string"}, "value": {"type": "string"}, "note": {"type": "string"}}, "required": ["key", "value"]}`)}}
	const put, key, value = "<tool_call>\n<function=put>\n", "<parameter=key>\na\n</parameter>\n", "<parameter=value>\nb\n</parameter>\n"
	checkSamples(t, "xml", &llm.Request{Tools: two}, []sample{
		{"cut off between parameters", put + key, []string{"say: " + put + key}},
		{"cut off behind those that are required", put + key + value, []string{`call_1: put {"key": "a", "value": "b"}`}},
	})
	checkSamples(t, "xml", &llm.Request{}, []sample{{"without tools", sum, []string{"say: " + sum}}})
}

// Values have the types that the tool's schema gives them.
func TestXMLValues(t *testing.T) {
	schema := `{"type": "object", "properties": {
		"s": {"type": "string"}, "i": {"type": "integer"}, "f": {"type": "number"}, "b": {"type": "boolean"}, "o": {"type": "object"}, "a": {"type": "array"},
		"si": {"type": ["string", "integer"]}, "sn": {"anyOf": [{"type": "string"}, {"type": "null"}]}, "es": {"enum": ["1", "2"]}, "ei": {"enum": [1, 2]},
		"c": {"const": "7"}, "r": {"$ref": "#/$defs/text"}, "loop": {"$ref": "#/$defs/loop"}, "free": {}, "odd": true, "none": {"allOf": [{"type": "string"}, {"type": "null"}]},
		"so": {"type": ["object", "string"]}
	}, "$defs": {"text": {"type": "string"}, "loop": {"$ref": "#/$defs/loop"}}}`
	tool := llm.Tool{Name: "f", Parameters: json.RawMessage(schema)}
	for _, c := range []struct{ name, value, want string }{
		{"s", "12", `"12"`}, {"s", "True", `"True"`}, {"s", `{"a": 1}`, `{\"a\": 1}`}, {"s", "", `""`}, {"s", " x\n", `" x\n"`}, {"s", `"x"`, `"\"x\""`},
		{"i", "12", "12"}, {"i", " 12 ", "12"}, {"i", "twelve", `"twelve"`}, {"i", "12345678901234567890", "12345678901234567890"},
		{"f", "-0.5e3", "-0.5e3"}, {"f", "1", "1"}, {"f", "NaN", `"NaN"`},
		{"b", "True", "true"}, {"b", "false", "false"}, {"b", "yes", `"yes"`},
		{"o", `{"a": [1, "x"]}`, `{"a": [1, "x"]}`}, {"o", `{'a': True,}`, `{"a": true}`}, {"o", "[1]", `"[1]"`},
		{"a", "[1, 2]", "[1, 2]"}, {"a", "a, b", `"a, b"`},
		{"si", "5", "5"}, {"si", "five", `"five"`}, {"sn", "None", "null"}, {"sn", "null", "null"}, {"sn", "nothing", `"nothing"`},
		{"es", "1", `"1"`}, {"ei", "1", "1"}, {"c", "7", `"7"`}, {"r", "7", `"7"`}, {"loop", "7", "7"},
		{"free", "7", "7"}, {"free", "[1, 2", `"[1, 2"`}, {"free", "{a: 1}", `"{a: 1}"`}, {"odd", "null", "null"}, {"none", "7", "7"}, {"unknown", "7", "7"},
		{"so", "{a: 1}", `"{a: 1}"`}, {"so", `{"a": 1}`, `{"a": 1}`},
	} {
		types := typesOf(&tool)
		got := string(types.append(nil, c.name, c.value))
		want := c.want
		if c.name == "s" && c.value == `{"a": 1}` {
			want = `"{\"a\": 1}"`
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s, %q: %s", c.name, c.value, diff)
		}
	}
	for _, tool := range []*llm.Tool{nil, {}, {Parameters: json.RawMessage(`[`)}, {Parameters: json.RawMessage(`{"properties": 3}`)}} {
		if got := string(typesOf(tool).append(nil, "x", "7")); got != "7" {
			t.Errorf("%v: %s", tool, got)
		}
	}
}

// The tags that the template and the model write are tokens, those in a result and in a value are text.
func TestXMLTags(t *testing.T) {
	for name, want := range map[string]string{
		"xml":         "<tool_call> </tool_call> <tool_call> </tool_call> <tool_call> </tool_call> <tool_response> </tool_response> ",
		"xml-qwen3.5": "<tool_call> </tool_call> <tool_call> </tool_call> <think> </think> <tool_call> </tool_call> <tool_response> </tool_response> <think> ",
	} {
		f, _ := Get(name)
		segments, err := f.Render(&llm.Request{Tools: tools, Messages: []llm.Message{
			{Role: llm.User, Text: "<think><tool_call>"},
			{Role: llm.Assistant, Calls: []llm.Call{{Name: "calc", Arguments: json.RawMessage(`{"expr": "</tool_call><tool_response>"}`)}}},
			{Role: llm.Observer, Text: "</think></tool_response>"},
		}})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, s := range segments {
			if s.Special && s.Text[1] != '|' {
				got += s.Text + " "
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
