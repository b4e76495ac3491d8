package chat

import (
	"testing"

	"github.com/qwen-agent/qwen-agent/llm"
)

func TestQwenParser(t *testing.T) {
	const sum, call = "✿FUNCTION✿: calc\n✿ARGS✿: {\"expr\": \"6*7\"}\n", `call_1: calc {"expr": "6*7"}`
	samples := []sample{
		{"text", "It is 42.", []string{"say: It is 42."}},
		{"call", sum, []string{call}},
		{"text before", "I compute.\n" + sum, []string{"say: I compute.", call}},
		{"two", sum + "✿FUNCTION✿: list_files\n✿ARGS✿: {}", []string{call, "call_2: list_files {}"}},
		{"twice the same", sum + "✿ARGS✿: {}", []string{call, "call_2: calc {}"}},
		{"no colons", "✿FUNCTION✿ calc\n✿ARGS✿ {\"expr\": \"6*7\"}", []string{call}},
		{"no arguments", "✿FUNCTION✿: list_files", []string{"call_1: list_files {}"}},
		{"empty arguments", "✿FUNCTION✿: list_files\n✿ARGS✿:", []string{"call_1: list_files {}"}},
		{"unknown", "✿FUNCTION✿: nope\n✿ARGS✿: {}", []string{"call_1: nope {}"}},
		{"comment behind", "✿FUNCTION✿: calc\n✿ARGS✿: {\"expr\": \"6*7\"} }\n", []string{call}},
		{"marks in a string", "✿FUNCTION✿: calc\n✿ARGS✿: {\"expr\": \"✿FUNCTION✿: x}\"}", []string{`call_1: calc {"expr": "✿FUNCTION✿: x}"}`}},
		{"code", "✿FUNCTION✿: python\n✿ARGS✿:\n```py\nprint(\"```\")\n```\n✿FUNCTION✿: calc\n✿ARGS✿: {}", []string{`call_1: python {"code": "print(\"` + "```" + `\")"}`, "call_2: calc {}"}},
		{"code as JSON", "✿FUNCTION✿: python\n✿ARGS✿: {\"code\": \"1\"}", []string{`call_1: python {"code": "1"}`}},
		{"words", "✿FUNCTION✿: calc\n✿ARGS✿: 6*7", []string{`call_1: calc "6*7"`}},
		{"nearly JSON", "✿FUNCTION✿: calc\n✿ARGS✿: {'expr': '6*7',}", []string{call}},
		{"cut off", "✿FUNCTION✿: calc\n✿ARGS✿: {\"expr\": \"6*", []string{`call_1: calc "{\"expr\": \"6*"`}},
		{"cut off in a name", "x ✿FUNCTION✿: ca", []string{"say: x ✿FUNCTION✿: ca"}},
		{"cut off in a mark", "x ✿FUNC", []string{"say: x ✿FUNC"}},
		{"flowers", "✿ ✿RES ✿✿", []string{"say: ✿ ✿RES ✿✿"}},
		{"unicode", "好。\n✿FUNCTION✿: calc\n✿ARGS✿: {\"expr\": \"六\"}", []string{"say: 好。", `call_1: calc {"expr": "六"}`}},
	}
	asked := []llm.Message{{Role: llm.User, Text: "Go"}}
	for _, name := range []string{"qwen", "qwen-parallel"} {
		checkSamples(t, name, &llm.Request{Tools: tools, Messages: asked}, samples)
	}
	answered := append(asked, llm.Message{Role: llm.Observer, Text: "42"})
	checkSamples(t, "qwen", &llm.Request{Tools: tools, Messages: answered}, []sample{
		{"colon", ": It is 42.", []string{"say: It is 42."}},
		{"colon alone", ":It is: 42.", []string{"say: It is: 42."}},
		{"no colon", "It is 42.", []string{"say: It is 42."}},
		{"another call", ": \n" + sum, []string{call}},
	})
	checkSamples(t, "qwen", &llm.Request{Tools: tools, Messages: answered, Choice: &llm.Choice{Tools: []string{}}}, []sample{
		{"no tool allowed", ": x " + sum, []string{"say: x " + sum}},
	})
	checkSamples(t, "qwen", &llm.Request{Messages: answered}, []sample{{"no tools", ": x " + sum, []string{"say: : x " + sum}}})
}
