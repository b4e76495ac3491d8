package grammar_test

import (
	"fmt"

	"github.com/qwen-agent/qwen-agent/llm/grammar"
)

// A model is asked for the weather; only these tokens are in its vocabulary.
func ExampleSchema() {
	tokens := []string{`{"`, `city`, `": "`, `Oslo`, `", "`, `unit`, `celsius`, `kelvin`, `"}`, `C`}
	bytes := make([][]byte, len(tokens))
	for i, t := range tokens {
		bytes[i] = []byte(t)
	}
	g, err := grammar.Schema([]byte(`{
		"type": "object",
		"properties": {"city": {"type": "string"}, "unit": {"enum": ["celsius", "fahrenheit"]}},
		"required": ["city", "unit"]
	}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	m := g.Matcher(grammar.NewVocabulary(bytes))
	fmt.Printf("forced: %s\n", m.Forced())
	m.AcceptBytes(m.Forced())
	m.Accept(3) // Oslo
	fmt.Println(m.Accept(8))
	m.Accept(4) // ", "
	m.AcceptBytes(m.Forced())
	for id, t := range tokens {
		if m.Allows(int32(id)) {
			fmt.Printf("allowed: %s\n", t)
		}
	}
	m.Accept(6) // celsius
	fmt.Printf("forced: %s\n", m.Forced())
	m.AcceptBytes(m.Forced())
	fmt.Println(m.Done(), m.Ended())
	// Output:
	// forced: {"city": "
	// grammar: "\"}" does not fit from its byte 1 on
	// allowed: celsius
	// forced: "}
	// true true
}
