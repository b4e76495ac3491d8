package chat

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/qwen-agent/qwen-agent/llm"
)

// What is put together from the pieces is read as the calls that it has, however it is cut.
func TestCallForms(t *testing.T) {
	const parameters = "<parameter=expr>\n{\"a\": [\"}</tool_call>\"]} 日本\n</parameter>\n<parameter=n>\n-1.5\n</parameter>\n"
	const arguments = `{"expr": "{\"a\": [\"}</tool_call>\"]} 日本", "n": -1.5}`
	odd := llm.Tool{Name: "a.b-c d_é"}
	for _, name := range Names() {
		if name == "turn" {
			continue
		}
		r := &llm.Request{Tools: []llm.Tool{calcTool, odd}, Thinking: &llm.Thinking{Off: true}}
		f, _ := Get(name)
		forms, next := CallForms(f, calcTool), CallForms(f, odd)
		if len(forms) == 0 {
			t.Fatalf("%s has no form", name)
		}
		for i, c := range forms {
			first, second := arguments, "{}"
			if c.Parameter != nil {
				first, second = parameters, ""
			}
			in, want := "I do.\n"+c.Open+c.Name+c.Separator+first+c.Close, []string{"say: I do.", "call_1: calc " + arguments}
			if name == "react" {
				want[0] = "think: I do."
			}
			if c.Next != "" {
				in += c.Next + next[i].Name + c.Separator + second + c.Close
				want = append(want, "call_2: "+odd.Name+" {}")
			}
			checkSamples(t, name, r, []sample{{name, in, want}})
		}
	}
	if f, _ := Get("turn"); CallForms(f, calcTool) != nil {
		t.Error("turn has forms")
	}
}

func TestToolNames(t *testing.T) {
	for _, name := range Names() {
		f, _ := Get(name)
		for want, tools := range map[string][]llm.Tool{
			`chat: writing the prompt: tool 1: two tools are called "calc"`:                                         {calcTool, calcTool},
			`chat: writing the prompt: tool 0: name "", want 1 to 256 bytes of text without control characters`:     {{Description: "x"}},
			`chat: writing the prompt: tool 0: name "a\nb", want 1 to 256 bytes of text without control characters`: {{Name: "a\nb", Parameters: json.RawMessage(`{}`)}},
		} {
			_, err := f.Render(&llm.Request{Tools: tools, Messages: []llm.Message{{Role: llm.User, Text: "Go"}}})
			if err == nil {
				t.Errorf("%s: no error, want %s", name, want)
			} else if diff := cmp.Diff(want, err.Error()); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
	}
}
