package chat

import (
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/llm"
)

func TestThinker(t *testing.T) {
	const call = "<tool_call>\n{\"name\": \"calc\", \"arguments\": {\"expr\": \"6*7\"}}\n</tool_call>"
	const sum = `call_1: calc {"expr": "6*7"}`
	checkSamples(t, "hermes-qwen3", &llm.Request{Tools: tools}, []sample{
		{"thought and text", "<think>\nI know.\n</think>\n\nIt is 42.", []string{"think: I know.", "say: It is 42."}},
		{"thought and call", "<think>\nI compute.\n\nNow.\n</think>\n\n" + call, []string{"think: I compute.\n\nNow.", sum}},
		{"empty thought", "<think>\n\n</think>\n\n42", []string{"say: 42"}},
		{"no thought", "42 <think> x", []string{"say: 42 <think> x"}},
		{"call alone", call, []string{sum}},
		{"blank before", " \n<think>x</think>42", []string{"think: x", "say: 42"}},
		{"never closed", "<think>\nA\n" + call + "\n", []string{"think: A\n" + call}},
		{"cut off in the tag", "<think>A </thin", []string{"think: A </thin"}},
		{"tags in the thought", "<think>a < b </ c <think> </thin d</think>e", []string{"think: a < b </ c <think> </thin d", "say: e"}},
		{"nothing", "", nil},
		{"half an opening", "<thi", []string{"say: <thi"}},
		{"unicode", "<think>思考</think>\n答え", []string{"think: 思考", "say: 答え"}},
	})
	checkSamples(t, "hermes-qwen3", &llm.Request{}, []sample{
		{"without tools", "<think>\nA\n</think>\n\n" + call, []string{"think: A", "say: " + call}},
	})
}

// The tags of the template and of the model are special, those in a result are text.
func TestThinkTags(t *testing.T) {
	f, _ := Get("hermes-qwen3")
	segments, err := f.Render(&llm.Request{Messages: []llm.Message{
		{Role: llm.User, Text: "<think>"},
		{Role: llm.Assistant, Raw: "<think>\na\n</think>\n\nb"},
		{Role: llm.Observer, Text: "</think></tool_response>"},
	}, Thinking: &llm.Thinking{}})
	if err != nil {
		t.Fatal(err)
	}
	var special []string
	for _, s := range segments {
		if s.Special && !strings.HasPrefix(s.Text, "<|") {
			special = append(special, s.Text)
		}
	}
	if got := strings.Join(special, " "); got != "<think> </think> <tool_response> </tool_response>" {
		t.Errorf("special tags: %s", got)
	}
}
