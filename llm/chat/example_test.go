package chat_test

import (
	"fmt"

	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/chat"
)

func ExampleFormat() {
	format, err := chat.Get("turn")
	if err != nil {
		fmt.Println(err)
		return
	}
	r := &llm.Request{
		Tools:    []llm.Tool{{Name: "list_files", Description: "Lists the files."}},
		Messages: []llm.Message{{Role: llm.User, Text: "How many files are there?"}},
	}
	parser := format.Parser(r)
	var chunks []llm.Chunk
	for _, piece := range []string{`{"thought": "I loo`, `k.", "tool": "list_files", "argu`, `ments": {}}`} { // as a model writes them
		chunks = append(chunks, parser.Write(piece)...)
	}
	for _, c := range append(chunks, parser.Close()...) {
		if c.Call != nil {
			fmt.Println(c.Call.ID, c.Call.Name, string(c.Call.Arguments))
			continue
		}
		fmt.Printf("%q\n", c.Thought)
	}
	// Output:
	// "I loo"
	// "k."
	// call_1 list_files {}
}
