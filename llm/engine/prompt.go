package engine

import (
	"fmt"
	"slices"
	"strings"

	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/chat"
)

// maxStops bounds the stop strings of a request, and maxStop the bytes of one.
const (
	maxStops = 64
	maxStop  = 4096
)

// check refuses what a request must not have.
func check(r *llm.Request) error {
	if r.MaxTokens < 0 {
		return fmt.Errorf("engine: a request for %d tokens, want 0 or more", r.MaxTokens)
	}
	if len(r.Stop) > maxStops {
		return fmt.Errorf("engine: a request with %d stop strings, want at most %d", len(r.Stop), maxStops)
	}
	for _, s := range r.Stop {
		if s == "" || len(s) > maxStop {
			return fmt.Errorf("engine: a stop string of %d bytes, want 1 to %d", len(s), maxStop)
		}
	}
	if c := r.Choice; c != nil && c.CallAt != nil && !(*c.CallAt <= 1) {
		return fmt.Errorf("engine: a request with CallAt %v, want a probability, at most 1", *c.CallAt)
	}
	if err := sampling(r.Sampling).Check(); err != nil {
		return fmt.Errorf("engine: %w", err)
	}
	if err := r.Thinking.Check(); err != nil {
		return fmt.Errorf("engine: %w", err)
	}
	return nil
}

// prompt renders a request and turns it into tokens.
func (e *Engine) prompt(f chat.Format, r *llm.Request) ([]int32, error) {
	segments, err := f.Render(r)
	if err != nil {
		return nil, err
	}
	return e.encode(segments), nil
}

// encode turns segments into tokens. Only one that says so becomes a special token; the text
// between two of them is encoded as one.
func (e *Engine) encode(segments []chat.Segment) []int32 {
	var ids []int32
	var text strings.Builder
	flush := func() {
		ids = e.tokenizer.Encode(ids, text.String())
		text.Reset()
	}
	for _, s := range segments {
		if s.Special {
			if id, ok := e.tokenizer.Special(s.Text); ok {
				flush()
				ids = append(ids, id)
				continue
			}
		}
		text.WriteString(s.Text)
	}
	flush()
	return ids
}

// stopStrings returns the strings that end an answer to r.
func stopStrings(f chat.Format, r *llm.Request) []string {
	return append(slices.Clone(f.Stops()), r.Stop...)
}
