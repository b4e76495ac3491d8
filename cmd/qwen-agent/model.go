package main

import (
	"context"
	"fmt"
	"os"

	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/engine"
)

// openModel opens a model by its name, "" being the default, and fetches it first if it
// is not here. Tests put a script in its place.
var openModel = func(ctx context.Context, name string, o engine.Options) (_ llm.Model, closeModel func() error, err error) {
	path, err := resolveModel(ctx, name, os.Stderr)
	if err != nil {
		return nil, nil, err
	}
	e, err := engine.Open(ctx, path, o)
	if err != nil {
		return nil, nil, fmt.Errorf("open the model: %w", err)
	}
	return e, e.Close, nil
}
