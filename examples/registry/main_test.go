package main

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/internal/testmodel"
	"github.com/qwen-agent/qwen-agent/llm/engine"
	"github.com/qwen-agent/qwen-agent/llm/hub"
	"github.com/qwen-agent/qwen-agent/llm/llmtest"
	"github.com/qwen-agent/qwen-agent/react"
	"github.com/qwen-agent/qwen-agent/tools"
)

func Example() {
	model := llmtest.New( // stands for the model of main
		llmtest.Turn{Calls: llmtest.Call("price", `{"article": "lamps", "pieces": 12}`)},
		llmtest.Turn{Calls: llmtest.Call("price", `{"article": "lamp", "pieces": 12}`)},
		llmtest.Turn{Text: "12 lamps cost 414 euros."},
	)
	if err := ask(context.Background(), model, "What do 12 lamps cost?"); err != nil {
		fmt.Println(err)
	}
	// Output:
	// call: price {"article":"lamps","pieces":12}
	// result: error: there is no article "lamps". The articles are: chair, desk, lamp
	// call: price {"article":"lamp","pieces":12}
	// result: 414.00 euros
	// answer: 12 lamps cost 414 euros.
}

// TestModel asks the model that main asks, with real weights.
func TestModel(t *testing.T) {
	path := testmodel.PathOf(t, hub.Default)
	model, err := engine.Open(t.Context(), path, engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer model.Close()
	loop := react.Loop{Model: model}
	for _, name := range []string{"calc", "price"} {
		opened, err := newRegistry().Open(name, nil, tools.Env{})
		if err != nil {
			t.Fatal(err)
		}
		loop.Tools = append(loop.Tools, opened...)
	}
	answer := ""
	for e, err := range loop.Run(t.Context(), react.Task{Question: "What do 12 lamps cost?"}) {
		if err != nil {
			t.Fatal(err)
		}
		if a, ok := e.(react.Answer); ok {
			answer = a.Text
		}
	}
	if !strings.Contains(answer, "414") {
		t.Errorf("answered %q, want 414", answer)
	}
}
