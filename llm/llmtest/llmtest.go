// Package llmtest has a model that follows a script, for tests of what stands on top of
// a model.
package llmtest

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"

	"github.com/qwen-agent/qwen-agent/llm"
)

// Turn is one scripted answer.
type Turn struct {
	Thought string
	Text    string
	Calls   []llm.Call
	Reason  llm.Reason // "" is Stop, or ToolCalls if there are calls
	Err     error      // ends the answer with this error, after what stands before
	Check   func(*llm.Request) error
}

// Call makes the call of a turn; arguments is a JSON object.
func Call(name, arguments string) []llm.Call {
	return []llm.Call{{Name: name, Arguments: json.RawMessage(arguments)}}
}

// Script is a model that gives its turns in order, whatever it is asked.
type Script struct {
	Turns    []Turn
	About    llm.Info
	Requests []*llm.Request // what it was asked
}

// New returns a Script of the given turns.
func New(turns ...Turn) *Script {
	return &Script{Turns: turns, About: llm.Info{Name: "script", Architecture: "script", Context: 1 << 20}}
}

// Info says that it is a script.
func (s *Script) Info() llm.Info { return s.About }

// Generate gives the next turn. It fails when the script is at its end.
func (s *Script) Generate(ctx context.Context, r *llm.Request) iter.Seq2[llm.Chunk, error] {
	return func(yield func(llm.Chunk, error) bool) {
		n := len(s.Requests)
		c := *r
		c.Messages = append([]llm.Message(nil), r.Messages...)
		s.Requests = append(s.Requests, &c)
		if n >= len(s.Turns) {
			yield(llm.Chunk{}, fmt.Errorf("llmtest: request %d: the script has %d turns", n+1, len(s.Turns)))
			return
		}
		t := s.Turns[n]
		if err := ctx.Err(); err != nil {
			yield(llm.Chunk{}, err)
			return
		}
		if t.Check != nil {
			if err := t.Check(r); err != nil {
				yield(llm.Chunk{}, err)
				return
			}
		}
		if t.Thought != "" && !yield(llm.Chunk{Thought: t.Thought}, nil) {
			return
		}
		if t.Text != "" && !yield(llm.Chunk{Text: t.Text}, nil) {
			return
		}
		calls := make([]llm.Call, len(t.Calls))
		for i, c := range t.Calls {
			if c.ID == "" {
				c.ID = fmt.Sprintf("call_%d_%d", n+1, i+1)
			}
			calls[i] = c
			if !yield(llm.Chunk{Call: &calls[i]}, nil) {
				return
			}
		}
		if t.Err != nil {
			yield(llm.Chunk{}, t.Err)
			return
		}
		reason := t.Reason
		if reason == "" {
			reason = llm.Stop
			if len(calls) > 0 {
				reason = llm.ToolCalls
			}
		}
		yield(llm.Chunk{End: &llm.End{
			Reason:  reason,
			Message: llm.Message{Role: llm.Assistant, Text: t.Text, Thought: t.Thought, Calls: calls},
			Usage:   llm.Usage{Prompt: 10 * len(r.Messages), Generated: 10},
		}}, nil)
	}
}
