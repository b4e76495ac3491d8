package engine

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/chat"
)

// TestCalls lets a model that knows nothing call tools under the grammar of each format: every
// call is one of a tool that is allowed, with arguments of its schema.
func TestCalls(t *testing.T) {
	e := tiny(t, Options{Threads: 2})
	hot := 1.5
	tools := append(slices.Clone(toolbox), llm.Tool{Name: "third", Parameters: json.RawMessage(
		`{"type":"object","properties":{"unit":{"enum":["the day","an hour"]},"on":{"type":"boolean"},"list":{"type":"array","items":{"type":"integer"},"maxItems":2},"text":{"type":"string","maxLength":4}},"required":["unit","list"],"additionalProperties":false}`)})
	for _, name := range chat.Names() {
		if name == "turn" {
			continue // TestTurn
		}
		several := 0
		for seed := range uint64(8) {
			for _, choice := range []*llm.Choice{{Tools: []string{"the_tool"}, NoText: true}, {NoText: true}} {
				r := ask("the thing")
				r.Format, r.Tools, r.Choice, r.MaxTokens = name, tools, choice, 1500
				r.Sampling = &llm.Sampling{Temperature: &hot, Seed: &seed}
				end := collect(t, e, r)
				m := end.Message
				if end.Reason == llm.Length && len(m.Calls) > 1 {
					m.Calls = m.Calls[:len(m.Calls)-1] // there may have been no room for all of the last one
				} else if end.Reason != llm.ToolCalls || strings.TrimSpace(m.Text+m.Thought) != "" {
					t.Fatalf("%s, seed %d: ended by %s with the text %q and the thought %q: %q", name, seed, end.Reason, m.Text, m.Thought, m.Raw)
				}
				several = max(several, len(m.Calls))
				for _, c := range m.Calls {
					var a struct {
						Thing *string
						N     *float64
						Unit  string
						List  []int
					}
					err := json.Unmarshal(c.Arguments, &a)
					switch c.Name {
					case "the_tool":
						if a.Thing == nil || a.N == nil {
							t.Errorf("%s, seed %d: %s of %q", name, seed, c.Arguments, m.Raw)
						}
					case "third":
						if a.Unit != "the day" && a.Unit != "an hour" || a.List == nil || len(a.List) > 2 {
							t.Errorf("%s, seed %d: %s of %q", name, seed, c.Arguments, m.Raw)
						}
					}
					if err != nil || choice.Tools != nil && c.Name != "the_tool" || !slices.ContainsFunc(tools, func(t llm.Tool) bool { return t.Name == c.Name }) {
						t.Errorf("%s, seed %d: call %s %s of %q (%v)", name, seed, c.Name, c.Arguments, m.Raw, err)
					}
				}
				// What was forced is read again as the same tokens.
				r.Messages = append(r.Messages, m, llm.Message{Role: llm.Observer, Text: "42"})
				prompt, err := e.PromptTokens(r)
				if err != nil {
					t.Fatal(err)
				}
				for _, tag := range chat.CallTags() {
					id, _ := e.tokenizer.Special(tag)
					if n := strings.Count(m.Raw, tag); count(end.Tokens, id) != n || count(prompt, id) < n {
						t.Errorf("%s, seed %d: %s is a token %d times in %q", name, seed, tag, count(end.Tokens, id), m.Raw)
					}
				}
			}
		}
		f, _ := chat.Get(name)
		if parallel := chat.CallForms(f, toolbox[0])[0].Next != ""; parallel != (several > 1) {
			t.Errorf("%s: at most %d calls", name, several)
		}
	}
	r := ask("x")
	r.Format, r.Tools, r.Choice = "xml", []llm.Tool{{Name: "f", Parameters: json.RawMessage(`{"type":"object","properties":{"a<b":{}}}`)}}, &llm.Choice{NoText: true}
	if _, err := answerTo(t.Context(), e, r); err == nil || !strings.Contains(err.Error(), `tool "f": parameters: the name "a<b" does not fit into a tag`) {
		t.Errorf("a name that does not fit: %v", err)
	}
}

func count(ids []int32, id int32) (n int) {
	for _, i := range ids {
		if i == id {
			n++
		}
	}
	return n
}

// TestNothingAllowed asks for calls where there is no tool, in every format.
func TestNothingAllowed(t *testing.T) {
	e := tiny(t, Options{})
	for _, name := range chat.Names() {
		for _, r := range []*llm.Request{
			{Choice: &llm.Choice{NoText: true}},
			{Choice: &llm.Choice{NoText: true, Tools: []string{}}, Tools: toolbox},
			{Choice: &llm.Choice{NoText: true, Tools: []string{"none"}}, Tools: toolbox},
		} {
			r.Format, r.Messages = name, ask("x").Messages
			if _, err := answerTo(t.Context(), e, r); err == nil || !strings.Contains(err.Error(), "allows neither words nor any of its") {
				t.Errorf("%s, %+v: %v", name, r.Choice, err)
			}
		}
	}
}
