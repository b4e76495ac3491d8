// Registry shows how a Go program gives the agent a tool of its own: a function of a struct,
// registered in three lines beside the tools that are built in.
//
//	go run ./examples/registry
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"

	"github.com/qwen-agent/qwen-agent/agent"
	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/engine"
	"github.com/qwen-agent/qwen-agent/llm/hub"
	"github.com/qwen-agent/qwen-agent/react"
	"github.com/qwen-agent/qwen-agent/tools"
)

type order struct {
	Article string `json:"article" jsonschema:"its name, such as lamp" example:"lamp"`
	Pieces  int    `json:"pieces" jsonschema:"how many" default:"1"`
}

// price stands for what a program knows and a model does not.
func price(_ context.Context, o order) (string, error) {
	cents := map[string]int{"lamp": 3450, "desk": 24900, "chair": 8990}[o.Article]
	if cents == 0 {
		return "", fmt.Errorf("there is no article %q. The articles are: chair, desk, lamp", o.Article)
	}
	total := cents * o.Pieces
	return fmt.Sprintf("%d.%02d euros", total/100, total%100), nil
}

// newRegistry returns the built-in tools and ours.
func newRegistry() *tools.Registry {
	registry := agent.Builtin()
	registry.Add(tools.New("price", "Says what pieces of an article cost together.", price))
	return registry
}

// ask has a model answer a question with the tools calc and price, and prints what it does.
func ask(ctx context.Context, model llm.Model, question string) error {
	loop := react.Loop{Model: model}
	for _, name := range []string{"calc", "price"} {
		opened, err := newRegistry().Open(name, nil, tools.Env{})
		if err != nil {
			return err
		}
		loop.Tools = append(loop.Tools, opened...)
	}
	for event, err := range loop.Run(ctx, react.Task{Question: question}) {
		if err != nil {
			return err
		}
		switch e := event.(type) {
		case react.Call:
			fmt.Println("call:", e.Name, string(e.Arguments))
		case react.Observation:
			fmt.Println("result:", e.Text)
		case react.Answer:
			fmt.Println("answer:", e.Text)
		case react.End:
			if e.Reason != react.Answered {
				return fmt.Errorf("there is no answer (%s); this much is known: %s", e.Reason, e.Partial)
			}
		}
	}
	return nil
}

func run(ctx context.Context) (err error) {
	h, err := hub.New()
	if err != nil {
		return err
	}
	path, err := h.Pull(ctx, hub.Default)
	if err != nil {
		return err
	}
	model, err := engine.Open(ctx, path, engine.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, model.Close()) }()
	return ask(ctx, model, "What do 12 lamps cost?")
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "registry:", err)
		stop()
		os.Exit(1)
	}
}
