package bfcl

import (
	"bytes"
	"context"
	"encoding/json"
	"image/png"
	"iter"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/qwen-agent/qwen-agent/eval"
	"github.com/qwen-agent/qwen-agent/llm"
)

func scored(group string, ok bool, call float64) eval.Result {
	return eval.Result{Group: group, OK: ok, Scores: map[string]float64{"call": call}}
}

func TestCurve(t *testing.T) {
	results := []eval.Result{
		scored("simple", false, 0.3), // freely it was words
		scored("simple forced", true, 0.3), scored("simple forced", true, 0.9), scored("simple forced", false, 0.8), scored("simple forced", true, 0.6),
		scored("irrelevance", true, 0.1), scored("irrelevance", false, 0.6),
		{Group: "irrelevance", OK: true}, // was not weighed
	}
	c, err := NewCurve("small", results)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := c.Markdown(&b); err != nil {
		t.Fatal(err)
	}
	// Pairs: 0.3, 0.9, 0.8 and 0.6 against 0.1 and 0.6: 2 of 8 are lost, and one is even.
	for _, line := range []string{"area under the curve 0.812", "| 0.0 | 75.0 | 0.0 |", "| 0.2 | 75.0 | 50.0 |", "| 0.5 | 50.0 | 50.0 |", "| 0.7 | 25.0 | 100.0 |"} {
		if !strings.Contains(b.String(), line) {
			t.Errorf("%q is missing in\n%s", line, b.String())
		}
	}
	b.Reset()
	if err := DrawCurves(&b, []*Curve{c, c}); err != nil {
		t.Fatal(err)
	}
	if picture, err := png.Decode(&b); err != nil || picture.Bounds().Dx() < 300 {
		t.Errorf("the picture: %v", err)
	}
	if _, err := NewCurve("", results[:5]); err == nil || !strings.Contains(err.Error(), "irrelevance") {
		t.Errorf("without irrelevance: %v", err)
	}
}

// weigher answers questions with a call, or with words where none is forced and it is unsure.
type weigher struct {
	mu    sync.Mutex
	odds  float64
	asked []bool // whether a call was forced
}

func (w *weigher) Info() llm.Info { return llm.Info{} }

func (w *weigher) Generate(_ context.Context, r *llm.Request) iter.Seq2[llm.Chunk, error] {
	return func(yield func(llm.Chunk, error) bool) {
		w.mu.Lock()
		defer w.mu.Unlock()
		forced := r.Choice != nil && r.Choice.NoText
		w.asked = append(w.asked, forced)
		end := llm.End{Odds: llm.Odds{Call: w.odds, More: []float64{0.25}}}
		if forced || w.odds >= 0.5 {
			end.Message.Calls = []llm.Call{{Name: "area", Arguments: json.RawMessage(`{"base": 10}`)}}
		}
		yield(llm.Chunk{End: &end}, nil)
	}
}

// TestBoth asks once where the free answer is a call, and twice where it is not.
func TestBoth(t *testing.T) {
	item := Item{ID: "i", Tools: []llm.Tool{{Name: "area"}}, Want: []Want{{Name: "area", Values: map[string][]any{"base": {json.Number("10")}}}}, types: map[string]function{"area": {Properties: map[string]schema{"base": {Type: "integer"}}}}}
	for odds, want := range map[float64][]bool{0.9: {false}, 0.1: {false, true}} {
		m := &weigher{odds: odds}
		results, err := eval.Run(t.Context(), m, Cases([]Item{item}, Options{Group: "g", Both: true}), eval.Options{})
		if err != nil || len(results) != 2 {
			t.Fatalf("%v, %v", results, err)
		}
		if !slices.Equal(m.asked, want) {
			t.Errorf("at %v asked %v, want %v", odds, m.asked, want)
		}
		free, forced := results[0], results[1]
		if free.Group != "g" || forced.Group != "g forced" || free.OK != (odds > 0.5) || !forced.OK || forced.Scores["call"] != odds || forced.Scores["more"] != 0.25 {
			t.Errorf("at %v: %+v and %+v", odds, free, forced)
		}
	}
}
