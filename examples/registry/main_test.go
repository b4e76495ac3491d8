package main

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/llm/engine"
	"github.com/qwen-agent/qwen-agent/llm/hub"
	"github.com/qwen-agent/qwen-agent/llm/llmtest"
	"github.com/qwen-agent/qwen-agent/react"
	"github.com/qwen-agent/qwen-agent/tools"
)

func Example() {
	model := llmtest.New( // stands for the model of main
		llmtest.Turn{Calls: llmtest.Call("price", `{"name": "lamps"}`)},
		llmtest.Turn{Calls: llmtest.Call("price", `{"name": "lamp"}`)},
		llmtest.Turn{Calls: llmtest.Call("calc", `{"expr": "12 * 34.5"}`)},
		llmtest.Turn{Text: "12 lamps are 414 euros."},
	)
	if err := ask(context.Background(), model, "How much are 12 lamps together?"); err != nil {
		fmt.Println(err)
	}
	// Output:
	// call: price {"name":"lamps"}
	// result: error: there is no article "lamps". The articles are: chair, desk, lamp
	// call: price {"name":"lamp"}
	// result: 34.5
	// call: calc {"expr":"12 * 34.5"}
	// result: 414
	// answer: 12 lamps are 414 euros.
}

// TestModel asks the model that main asks.
func TestModel(t *testing.T) {
	if testing.Short() {
		t.Skip("needs the default model")
	}
	h, err := hub.New()
	if err != nil {
		t.Fatal(err)
	}
	path, err := h.Pull(t.Context(), hub.Default)
	if err != nil {
		t.Skip("the default model is not here: ", err)
	}
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
	for e, err := range loop.Run(t.Context(), react.Task{Question: "How much are 12 lamps together?"}) {
		if err != nil {
			t.Fatal(err)
		}
		if a, ok := e.(react.Answer); ok && !strings.Contains(a.Text, "414") {
			t.Errorf("answered %q, want 414", a.Text)
		}
	}
}
