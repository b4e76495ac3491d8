package engine

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/llm"
)

// replay plays an answer once more.
func replay(t *testing.T, e *Engine, r *llm.Request, tokens []int32, reason llm.Reason) (end llm.End, err error) {
	t.Helper()
	for c, err := range e.Replay(t.Context(), r, tokens, reason) {
		if err != nil {
			return end, err
		}
		if c.End != nil {
			end = *c.End
		}
	}
	return end, nil
}

// TestReplay: another engine, which would choose otherwise, writes the recorded answer, and
// all that is told of it is the same, also where the answer was brought to its end by the limit.
func TestReplay(t *testing.T) {
	e := tiny(t, Options{Threads: 1})
	hot, cut := 1.5, 0
	for _, format := range []string{"turn", "hermes", "hermes-qwen3", "xml", "react"} {
		for seed := range uint64(8) {
			r := ask("the thing")
			r.Format, r.Tools, r.MaxTokens = format, toolbox, 60
			r.Choice = &llm.Choice{Tools: []string{"the_tool"}, NoText: true}
			r.Sampling = &llm.Sampling{Temperature: &hot, Seed: &seed}
			want := collect(t, e, r)
			if len(want.Tokens) != want.Usage.Generated {
				t.Fatalf("%s: %d tokens of an answer of %d", format, len(want.Tokens), want.Usage.Generated)
			}
			if want.Reason == llm.Length {
				cut++
			}
			r.Sampling = nil
			if greedy := collect(t, e, r); slices.Equal(greedy.Tokens, want.Tokens) {
				t.Fatalf("%s: the greedy answer is the sampled one: nothing is tested", format)
			}
			got, err := replay(t, e, r, want.Tokens, want.Reason)
			if err != nil {
				t.Fatalf("%s: %v", format, err)
			}
			if !slices.Equal(got.Tokens, want.Tokens) || !reflect.DeepEqual(got.Message, want.Message) || got.Reason != want.Reason {
				t.Errorf("%s: replayed %+v, recorded %+v", format, got, want)
			}
			// What forced text put in the place of a chosen token is a chosen token in a recording.
			if got.Usage.Generated != want.Usage.Generated || format == "turn" && got.Usage.Forced != want.Usage.Forced {
				t.Errorf("%s, %s: usage %+v, recorded %+v", format, want.Reason, got.Usage, want.Usage)
			}
		}
	}
	if cut < 8 {
		t.Errorf("%d answers were brought to their end, want some", cut)
	}
}

// TestReplayWords: that no tool was to be called is in a recording too.
func TestReplayWords(t *testing.T) {
	e := tiny(t, Options{Threads: 1})
	sure, unsure := &turnHabit{first: 1, bias: -100}, &turnHabit{first: 1, bias: 100}
	hot := 1.5
	for seed := range uint64(8) {
		for _, limit := range []int{12, 60, 300} {
			r := ask("the thing")
			r.Format, r.Tools, r.MaxTokens = "turn", toolbox, limit
			for recorded, played := range map[*turnHabit]*turnHabit{sure: unsure, unsure: sure} {
				r.Sampling = &llm.Sampling{Temperature: &hot, Seed: &seed}
				e.habits.turn = recorded
				want := collect(t, e, r)
				r.Sampling, e.habits.turn = nil, played
				got, err := replay(t, e, r, want.Tokens, want.Reason)
				if err != nil {
					t.Fatalf("%q: %v", want.Message.Raw, err)
				}
				if !slices.Equal(got.Tokens, want.Tokens) || !reflect.DeepEqual(got.Message, want.Message) || got.Reason != want.Reason || got.Usage.Generated != want.Usage.Generated {
					t.Errorf("replayed %+v, recorded %+v", got, want)
				}
			}
		}
	}
}

// TestReplayRefuses: a recording that this request cannot have written is an error.
func TestReplayRefuses(t *testing.T) {
	e := tiny(t, Options{Threads: 1})
	r := ask("x")
	r.Schema = json.RawMessage(`{"type":"object","properties":{"the":{"enum":["thought","answer"]}},"required":["the"]}`)
	tokens := collect(t, e, r).Tokens
	wrong := slices.Clone(tokens)
	wrong[0]++
	other := slices.Clone(tokens)
	other[len(other)-1]++
	outside := []int32{int32(e.Vocabulary())}
	for want, recording := range map[string][]int32{
		"token 1 of the answer is":  wrong,
		"of the answer":             other,
		"the recording has its end": {},
		"want one of":               outside,
		"the answer ended after":    append(slices.Clone(tokens), tokens...),
	} {
		if end, err := replay(t, e, r, recording, llm.Stop); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v for %v, want %q (%+v)", err, recording, want, end)
		}
	}
	if end, err := replay(t, e, r, tokens, llm.Stop); err != nil || !slices.Equal(end.Tokens, tokens) {
		t.Errorf("the right one: %+v, %v", end, err)
	}
}

func TestPromptTokens(t *testing.T) {
	e := tiny(t, Options{Threads: 1})
	r := ask("the thing")
	end := collect(t, e, r)
	ids, err := e.PromptTokens(r)
	if err != nil || len(ids) != end.Usage.Prompt {
		t.Errorf("%d tokens, %v; the prompt had %d", len(ids), err, end.Usage.Prompt)
	}
	r.Format = "nonsense"
	if _, err := e.PromptTokens(r); err == nil {
		t.Error("a format that there is not is let through")
	}
}
