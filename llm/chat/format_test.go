package chat

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/qwen-agent/qwen-agent/llm"
)

// Prompts with turns as the model wrote them, made by an own reading of the format, in Python.
func TestReactRawGolden(t *testing.T) {
	var cases []struct {
		Title   string      `json:"title"`
		Request llm.Request `json:"request"`
		Prompt  string      `json:"prompt"`
	}
	readGolden(t, "testdata/react-raw.json", &cases)
	if len(cases) < 10 {
		t.Fatalf("react-raw.json has %d cases", len(cases))
	}
	for _, c := range cases {
		t.Run(c.Title, func(t *testing.T) {
			if diff := cmp.Diff(c.Prompt, render(t, "react", &c.Request)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// written is what models write, by format.
var written = map[string][]string{
	"hermes": {
		"I compute.\n<tool_call>\n{\"name\": \"calc\",\"arguments\": {\"expr\":\"6*7\"}}\n</tool_call>",
		"```json\n{\"name\": \"calc\", \"arguments\": {\"expr\": \"6*7\"}}\n```\n",
		"It is <|im_end|> 42. ", "\n", "<tool_call>",
	},
	"hermes-qwen3": {
		"<think>\nI compute.\n</think>\n\n<tool_call>\n{\"name\": \"calc\",\"arguments\": {\"expr\":\"6*7\"}}\n</tool_call>",
		"No thought", "\n", "<think>\ncut off",
	},
	"xml": {
		"I compute.\n\n<tool_call>\n<function=calc>\n<parameter=expr>\n6*7\n</parameter>\n</function>\n</tool_call>",
		"<function=calc>\n</function>", "It is <|im_end|> 42. ", "\n", "<tool_call>",
	},
	"xml-qwen3.5": {
		"I compute.\n</think>\n\n<tool_call>\n<function=calc>\n<parameter=expr>\n6*7\n</parameter>\n</function>\n</tool_call>",
		"cut off", "\n", "<think>\n</think> 42",
	},
	"qwen": {
		"I compute.\n✿FUNCTION✿: calc\n✿ARGS✿: {\"expr\":\"6*7\"}\n", "✿FUNCTION✿: calc\n✿ARGS✿: {}", ": It is <|im_end|> 42. ", "\n", ": \n✿FUNCTION✿: calc", ": ✿",
	},
	"react": {
		"I compute.\nAction: calc\nAction Input: {\"expr\":  \"6*7\"}\n",
		" x\nAction: calc\nAction Input: {\"expr\": \"6*7\"}",
		"A\nAction: calc\nAction Input: {}\nObservation:",
		"\nThought: <|im_end|>\nFinal Answer: 42 \n", "42",
	},
	"turn": {
		"{\"thought\": \"T\",  \"tool\": \"calc\", \"arguments\": {\"expr\": \"6*7\"}}",
		"{\"thought\": \"T\", \"tool\": \"python\"}\n```python\nprint(1)\n```",
		" {\"thought\": \"T\", \"answer\": \"42 <|im_start|>\"}\n",
	},
}

// A prompt and what the model wrote are the beginning of the next prompt, whatever comes
// next, and the segments say so too: none of them changes its kind.
func TestPromptsExtend(t *testing.T) {
	next := map[string][]llm.Message{
		"result":          {{Role: llm.Observer, Text: "42"}},
		"failed result":   {{Role: llm.Observer, Text: "no such tool", Failed: true}},
		"two results":     {{Role: llm.Observer, Text: "42"}, {Role: llm.Observer, Text: "43\n"}},
		"user":            {{Role: llm.User, Text: "Go on"}},
		"result and user": {{Role: llm.Observer, Text: "42"}, {Role: llm.User, Text: "Now answer."}},
		"system":          {{Role: llm.System, Text: "Now stop."}},
	}
	for _, name := range Names() {
		raws := written[strings.NewReplacer("-braces", "", "-tools", "", "-parallel", "").Replace(name)]
		for what, messages := range next {
			if (name == "hermes-qwen3" || name == "xml-qwen3.5") && messages[len(messages)-1].Role == llm.User {
				continue // its thoughts are dropped then; the golden file has how
			}
			for seed := range 40 {
				r := &llm.Request{Tools: tools, Messages: []llm.Message{{Role: llm.User, Text: "What is 6*7?"}}}
				if seed%2 == 1 {
					r.Messages = slices.Insert(r.Messages, 0, llm.Message{Role: llm.System, Text: "Be brief."})
				}
				if seed%4 > 1 {
					r.Thinking = &llm.Thinking{Off: true}
				}
				for step := range 4 {
					raw := raws[(seed/2+step*7)%len(raws)]
					before := render(t, name, r)
					r.Messages = append(r.Messages, llm.Message{Role: llm.Assistant, Raw: raw, Text: "ignored", Thought: "ignored"})
					r.Messages = append(r.Messages, messages...)
					if after := render(t, name, r); !strings.HasPrefix(after, before+raw) {
						t.Fatalf("%s, %s, step %d: %s", name, what, step, cmp.Diff(before+raw, after))
					}
				}
			}
		}
	}
}

var specials = []string{
	"<|im_start|>", "<|im_end|>", "<|endoftext|>", "<tool_call>", "</tool_call>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>",
	"<|fim_pad|>", "<think>", "</think>", "<tool_response>", "</tool_response>", "<|repo_name|>", "<|file_sep|>", "<|object_ref_start|>", "<|box_end|>", "<|vision_start|>", "<|image_pad|>",
}

// The spelling of a special token stays text wherever a stranger may write it: the
// special segments are the same as with a harmless word in its place.
func TestSpecialTokensStayText(t *testing.T) {
	places := map[string]func(r *llm.Request, s string){
		"system":      func(r *llm.Request, s string) { r.Messages[0].Text = s },
		"user":        func(r *llm.Request, s string) { r.Messages[1].Text = s },
		"thought":     func(r *llm.Request, s string) { r.Messages[2].Thought = s },
		"text":        func(r *llm.Request, s string) { r.Messages[2].Text = s },
		"name":        func(r *llm.Request, s string) { r.Messages[2].Calls[0].Name = s },
		"arguments":   func(r *llm.Request, s string) { r.Messages[2].Calls[0].Arguments = object1("expr", s) },
		"result":      func(r *llm.Request, s string) { r.Messages[3].Text = s },
		"answer":      func(r *llm.Request, s string) { r.Messages[4].Text = s },
		"tool":        func(r *llm.Request, s string) { r.Tools[0].Name = s },
		"description": func(r *llm.Request, s string) { r.Tools[0].Description = s },
		"parameters":  func(r *llm.Request, s string) { r.Tools[0].Parameters = object1("description", s) },
		"property":    func(r *llm.Request, s string) { r.Tools[0].Parameters = object1("properties", map[string]any{s: 1}) },
		"schema":      func(r *llm.Request, s string) { r.Schema = object1("description", s) },
	}
	for _, name := range Names() {
		f, _ := Get(name)
		for place, put := range places {
			kinds := func(s string) (special []string, text string) {
				r := &llm.Request{
					Tools: []llm.Tool{{Name: "calc", Description: "Computes.", Parameters: json.RawMessage(`{"properties":{"expr":{}}}`)}},
					Messages: []llm.Message{
						{Role: llm.System, Text: "Be brief."},
						{Role: llm.User, Text: "What is 6*7?"},
						{Role: llm.Assistant, Thought: "T", Text: "I compute.", Calls: []llm.Call{{Name: "calc", Arguments: json.RawMessage(`{"expr":"6*7"}`)}}},
						{Role: llm.Observer, Text: "42"},
						{Role: llm.Assistant, Text: "42"},
						{Role: llm.User, Text: "Thanks"},
					},
				}
				put(r, s)
				segments, err := f.Render(r)
				if err != nil {
					t.Fatal(err)
				}
				for i, s := range segments {
					if s.Special {
						special = append(special, s.Text)
					} else if text += s.Text; s.Text == "" || i > 0 && !segments[i-1].Special {
						t.Fatalf("%s: segment %d is empty or not joined with the one before", name, i)
					}
				}
				return special, text
			}
			want, _ := kinds("harmless")
			for _, s := range specials {
				got, text := kinds(s)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s, %q as the %s: special segments %s", name, s, place, diff)
				}
				if harmless, _ := kinds("harmless"); len(harmless) != len(got) {
					t.Errorf("%s, %q as the %s: not text: %q", name, s, place, text)
				}
			}
		}
	}
}

func object1(key string, value any) json.RawMessage {
	b, err := json.Marshal(map[string]any{key: value})
	if err != nil {
		panic(err)
	}
	return b
}

// What the model wrote has its call tags as tokens, as the model wrote them, and no other.
func TestRawTags(t *testing.T) {
	f, _ := Get("hermes")
	segments, err := f.Render(&llm.Request{Messages: []llm.Message{
		{Role: llm.User, Text: "<tool_call>"},
		{Role: llm.Assistant, Raw: "a<tool_call>b</tool_call><|im_end|>"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range segments[len(segments)-10:] {
		got = append(got, fmt.Sprintf("%v %q", s.Special, s.Text))
	}
	want := []string{
		`false "user\n<tool_call>"`, `true "<|im_end|>"`, `false "\n"`, `true "<|im_start|>"`, `false "assistant\na"`, `true "<tool_call>"`,
		`false "b"`, `true "</tool_call>"`, `false "<|im_end|>"`, `true "<|im_end|>"`, `false "\n"`, `true "<|im_start|>"`, `false "assistant\n"`,
	}
	if diff := cmp.Diff(want[len(want)-10:], got); diff != "" {
		t.Error(diff)
	}
}

func TestRenderErrors(t *testing.T) {
	user := []llm.Message{{Role: llm.User, Text: "Go"}}
	bad := []llm.Message{{Role: llm.User}, {Role: llm.Assistant, Calls: []llm.Call{{Name: "calc", Arguments: json.RawMessage(`{"a":`)}}}}
	for _, name := range Names() {
		f, _ := Get(name)
		for want, r := range map[string]*llm.Request{
			"chat: writing the prompt: the request has no messages":                                           {},
			`chat: writing the prompt: message 1: role "robot", want "system", "user", "assistant" or "tool"`: {Messages: []llm.Message{{Role: llm.User}, {Role: "robot"}}},
			`chat: writing the prompt: parameters of tool "calc": `:                                           {Messages: user, Tools: []llm.Tool{{Name: "calc", Parameters: json.RawMessage(`{"a"}`)}}},
			`chat: writing the prompt: arguments of a call of "calc": `:                                       {Messages: bad, Tools: []llm.Tool{calcTool}},
		} {
			if _, err := f.Render(r); err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("%s: error %v, want %s", name, err, want)
			}
		}
	}
}

// Messages that no model wrote in this format: from another one, or made up.
func TestComposed(t *testing.T) {
	r := &llm.Request{
		Tools: []llm.Tool{calcTool, pythonTool},
		Messages: []llm.Message{
			{Role: llm.User, Text: "\nGo \n"},
			{Role: llm.Assistant, Thought: "T", Calls: []llm.Call{
				{Name: "calc", Arguments: json.RawMessage(`{"expr":"é"}`)},
				{Name: "python", Arguments: json.RawMessage(`{"code":"print(1)\n"}`)},
			}},
			{Role: llm.Observer, Text: "1"},
			{Role: llm.Observer, Text: "bad", Failed: true},
			{Role: llm.User, Text: "Now answer."},
			{Role: llm.Assistant, Text: "It is \"1\"."},
			{Role: llm.User, Text: "Thanks"},
		},
	}
	for name, want := range map[string]string{
		"turn": "<|im_start|>user\nTask: \nGo \n<|im_end|>\n" +
			"<|im_start|>assistant\n{\"thought\": \"T\", \"tool\": \"calc\", \"arguments\": {\"expr\": \"é\"}}\n" +
			"{\"thought\": \"\", \"tool\": \"python\"}\n```python\nprint(1)\n```<|im_end|>\n" +
			"<|im_start|>user\nResult: 1\nResult: error: bad\nNow answer.<|im_end|>\n" +
			"<|im_start|>assistant\n{\"thought\": \"\", \"answer\": \"It is \\\"1\\\".\"}<|im_end|>\n" +
			"<|im_start|>user\nTask: Thanks<|im_end|>\n<|im_start|>assistant\n",
		"react": "Question: Go\nThought: <|im_end|>\n" +
			"<|im_start|>assistant\nT\nAction: calc\nAction Input: {\"expr\": \"é\"}\nObservation: 1\nThought: \n" +
			"Action: python\nAction Input: {\"code\": \"print(1)\\n\"}\nObservation: bad<|im_end|>\n" +
			"<|im_start|>user\nQuestion: Now answer.\nThought: <|im_end|>\n" +
			"<|im_start|>assistant\nI now know the final answer.\nFinal Answer: It is \"1\".<|im_end|>\n" +
			"<|im_start|>user\nQuestion: Thanks\nThought: <|im_end|>\n<|im_start|>assistant\n",
	} {
		got := render(t, name, r)
		if !strings.HasSuffix(got, want) {
			t.Errorf("%s: %s", name, cmp.Diff(want, got[max(0, len(got)-len(want)):]))
		}
	}
}

func TestTurnInstruction(t *testing.T) {
	messages := []llm.Message{{Role: llm.System, Text: "Speak German."}, {Role: llm.User, Text: "Hi"}}
	with := render(t, "turn", &llm.Request{Messages: messages, Tools: []llm.Tool{calcTool}})
	without := render(t, "turn", &llm.Request{Messages: messages[1:], Tools: []llm.Tool{calcTool}})
	if want := strings.Replace(without, turnFirst+"\n\n", turnFirst+"\n\nSpeak German.\n\n", 1); with != want {
		t.Error(cmp.Diff(want, with))
	}
	alone := render(t, "turn", &llm.Request{Messages: messages, Schema: json.RawMessage(`{"type":"object"}`)})
	want := `<|im_start|>system
You are a careful assistant that solves a task step by step.

Speak German.

Every reply is one JSON object:
{"thought": "<what to do next, in one short sentence>", "answer": <the answer as JSON>}
The answer is JSON that this JSON Schema describes: {"type": "object"}

Example:
Task: What colour is grass?
Reply: {"thought": "I know this.", "answer": "Grass is green."}<|im_end|>
<|im_start|>user
Task: Hi<|im_end|>
<|im_start|>assistant
`
	if alone != want {
		t.Error(cmp.Diff(want, alone))
	}
}

func TestStops(t *testing.T) {
	for _, name := range Names() {
		f, _ := Get(name)
		var want []string
		switch name {
		case "react":
			want = []string{"Observation:"}
		case "qwen", "qwen-parallel":
			want = []string{"✿RESULT✿", "✿RETURN✿"}
		}
		if got := f.Stops(); !slices.Equal(got, want) {
			t.Errorf("%s: stops %q, want %q", name, got, want)
		}
	}
}
