package eval

import (
	"context"
	"errors"

	"github.com/qwen-agent/qwen-agent/llm"
)

// Ask asks a model one thing and waits for the whole answer.
func Ask(ctx context.Context, m llm.Model, r *llm.Request) (*llm.End, error) {
	for chunk, err := range m.Generate(ctx, r) {
		if err != nil {
			return nil, err
		}
		if chunk.End != nil {
			return chunk.End, nil
		}
	}
	return nil, errors.New("the answer has no end")
}
