package chat

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/qwen-agent/qwen-agent/llm"
)

// conversation is one of a golden file, as Python wrote it.
type conversation struct {
	Title    string `json:"title"`
	Messages []struct {
		Role    llm.Role `json:"role"`
		Content *string  `json:"content"`
		Thought string   `json:"reasoning_content"`
		Calls   []struct {
			Function llm.Call `json:"function"`
		} `json:"tool_calls"`
	} `json:"messages"`
	Tools []struct {
		Function llm.Tool `json:"function"`
	} `json:"tools"`
	ThinkingOff bool   `json:"thinking_off"`
	Prompt      string `json:"prompt"`
}

func (c conversation) request() *llm.Request {
	r := &llm.Request{}
	if c.ThinkingOff {
		r.Thinking = &llm.Thinking{Off: true}
	}
	for _, m := range c.Messages {
		out := llm.Message{Role: m.Role, Thought: m.Thought}
		if m.Content != nil {
			out.Text = *m.Content
		}
		for _, call := range m.Calls {
			out.Calls = append(out.Calls, call.Function)
		}
		r.Messages = append(r.Messages, out)
	}
	for _, t := range c.Tools {
		r.Tools = append(r.Tools, t.Function)
	}
	return r
}

func readGolden(t *testing.T, path string, v any) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatal(err)
	}
}

func render(t *testing.T, format string, r *llm.Request) string {
	t.Helper()
	f, err := Get(format)
	if err != nil {
		t.Fatal(err)
	}
	segments, err := f.Render(r)
	if err != nil {
		t.Fatal(err)
	}
	return Join(segments)
}

// The prompts that transformers made with the templates of the models.
func TestTemplateGolden(t *testing.T) {
	checkGolden(t, "hermes", "hermes-braces", "hermes-qwen3", "xml", "xml-tools", "xml-qwen3.5")
}

// The prompts that Qwen-Agent made.
func TestQwenAgentGolden(t *testing.T) { checkGolden(t, "qwen", "qwen-parallel", "react") }

// checkGolden compares prompts with those of the golden file of each format.
func checkGolden(t *testing.T, formats ...string) {
	for _, format := range formats {
		var conversations []conversation
		readGolden(t, "testdata/"+format+".json", &conversations)
		if len(conversations) < 25 {
			t.Fatalf("%s: %d conversations, want 25 or more", format, len(conversations))
		}
		for _, c := range conversations {
			t.Run(format+"/"+c.Title, func(t *testing.T) {
				if diff := cmp.Diff(c.Prompt, render(t, format, c.request())); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

func TestForTemplate(t *testing.T) {
	for _, format := range []string{"hermes", "hermes-braces", "hermes-qwen3", "xml-tools", "xml-qwen3.5"} {
		b, err := os.ReadFile("testdata/" + format + ".jinja")
		if err != nil {
			t.Fatal(err)
		}
		if got := ForTemplate(string(b)); got != format {
			t.Errorf("ForTemplate(%s.jinja) = %q", format, got)
		}
	}
	if got := ForTemplate("{{- '<tool_call>\\n<function=' + tool_call.name }} If you choose to call a function ONLY reply"); got != "xml" {
		t.Errorf("ForTemplate(the other wording of Qwen3-Coder) = %q", got)
	}
	chatml := "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}"
	for _, system := range []string{"You are a helpful assistant.", "You are a helpful assistant"} {
		qwen2 := "{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\\n" + system + "<|im_end|>\\n' }}{% endif %}" + chatml
		if got := ForTemplate(qwen2); got != "qwen" {
			t.Errorf("ForTemplate(that of Qwen2) = %q", got)
		}
	}
	if got := ForTemplate(chatml); got != "react" {
		t.Errorf("ForTemplate(ChatML without tools) = %q, want react", got)
	}
	if len(Names()) != len(formats) {
		t.Errorf("llm.Formats has %d names, and there are %d formats", len(Names()), len(formats))
	}
	for _, name := range Names() {
		if f, err := Get(name); err != nil || f.Name() != name {
			t.Errorf("Get(%q) = %v, %v", name, f, err)
		}
	}
	if _, err := Get("herms"); err == nil || !strings.Contains(err.Error(), `format "herms": there is no such format, only turn, hermes,`) {
		t.Errorf("Get(herms): %v", err)
	}
}
