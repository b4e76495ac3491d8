package engine

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/chat"
	"github.com/qwen-agent/qwen-agent/llm/grammar"
)

// fewTools are tools with few calls, so that a model that knows nothing repeats them.
var fewTools = []llm.Tool{{Name: "the_tool", Description: "Does the thing."}, {Name: "other", Description: "Does another."}}

// TestFurther ends an answer where another call is less likely than the bound, and nowhere else.
func TestFurther(t *testing.T) {
	e := tiny(t, Options{Threads: 2})
	hot := 1.5
	stopped, several := 0, 0
	for _, at := range []float64{1e-9, 0.3, 0.7, 1} {
		e.habits.more = at
		for _, format := range []string{"hermes", "hermes-qwen3", "xml"} {
			for seed := range uint64(12) {
				r := ask("the thing")
				r.Format, r.Tools, r.Choice, r.MaxTokens = format, toolbox, &llm.Choice{NoText: true}, 0
				r.Thinking = &llm.Thinking{Off: true}
				r.Sampling = &llm.Sampling{Temperature: &hot, Seed: &seed}
				end := collect(t, e, r)
				n := len(end.Message.Calls)
				if n == 0 || end.Reason != llm.ToolCalls {
					t.Fatalf("%s: %d calls, %s: %q", format, n, end.Reason, end.Message.Raw)
				}
				if text := e.tokenizer.Decode(end.Tokens); text != end.Message.Raw || len(end.Tokens) != end.Usage.Generated {
					t.Errorf("%s: tokens of %q, text %q; %d tokens, %d generated", format, text, end.Message.Raw, len(end.Tokens), end.Usage.Generated)
				}
				if format != "xml" {
					checkCalls(t, end.Message.Calls, end.Message.Raw)
				}
				for i, c := range end.Message.Calls {
					if slices.ContainsFunc(end.Message.Calls[:i], func(d llm.Call) bool { return c.Name == d.Name && bytes.Equal(c.Arguments, d.Arguments) }) {
						t.Errorf("%s: a call is made twice: %q", format, end.Message.Raw)
					}
				}
				more := end.Odds.More
				for i, p := range more {
					switch last := i == len(more)-1; {
					case p < at && !last, p < at && n != i+1:
						t.Errorf("%s: %v at %v, %d calls: %q", format, more, at, n, end.Message.Raw)
					case p < at:
						stopped++
					default:
						several++
					}
				}
			}
		}
	}
	if stopped < 10 || several < 10 {
		t.Errorf("%d answers were stopped and %d calls followed, want some", stopped, several)
	}
}

// TestDivide: where a token goes on and none ends, or the other way round, those that leave it open are left.
func TestDivide(t *testing.T) {
	e := tiny(t, Options{Threads: 1})
	matcher := func(pattern string) *grammar.Matcher {
		g, err := grammar.Regex(pattern)
		if err != nil {
			t.Fatal(err)
		}
		return g.Matcher(e.grammarTokens())
	}
	id := func(text string) int32 { return e.encodeExactly(nil, text)[0] }
	for name, c := range map[string]struct {
		this, next      string
		end, more, open int32
	}{
		"both":          {"xy|v", "xq|z", id("v"), id("z"), id("x")},
		"none ends":     {"xy|u", "xq|z|u", -1, id("z"), id("u")},
		"none goes on":  {"xy|v", "xq", id("v"), -1, id("x")},
		"nothing open":  {"v", "z", id("v"), id("z"), -1},
		"neither of it": {"xy", "xq", -1, -1, id("x")},
	} {
		logits := make([]float32, e.vocabulary)
		logits[id("u")], logits[id("z")] = 1, 2
		a := &answer{e: e, further: &further{this: matcher(c.this), next: matcher(c.next)}}
		end, more, open, odds := a.divide(logits)
		if end != c.end || more != c.more || open != c.open {
			t.Errorf("%s: %d, %d and %d, want %d, %d and %d", name, end, more, open, c.end, c.more, c.open)
		}
		if want := 1 / (1 + math.Exp(-2)); end >= 0 && more >= 0 && math.Abs(odds-want) > 1e-6 {
			t.Errorf("%s: %v, want %v", name, odds, want)
		}
	}
}

// TestRepeatedCall has a model go on whose calls are soon all made: none is made twice, and the answer is whole.
func TestRepeatedCall(t *testing.T) {
	e := tiny(t, Options{Threads: 2})
	e.habits.more = 1e-9
	for _, format := range []string{"hermes", "hermes-qwen3", "xml"} {
		taken := 0
		for seed := range uint64(10) {
			hot := 1.0
			r := ask("the thing")
			r.Format, r.Tools, r.Choice, r.MaxTokens = format, fewTools, &llm.Choice{NoText: true}, 0
			r.Thinking = &llm.Thinking{Off: true}
			r.Sampling = &llm.Sampling{Temperature: &hot, Seed: &seed}
			var said []llm.Call
			var end *llm.End
			for c, err := range e.Generate(t.Context(), r) {
				if err != nil {
					t.Fatal(err)
				}
				if c.Call != nil {
					said = append(said, *c.Call)
				}
				end = c.End
			}
			calls := end.Message.Calls
			if len(calls) < 1 || len(calls) > 2 || len(calls) == 2 && calls[0].Name == calls[1].Name {
				t.Errorf("%s: calls %v of %q", format, calls, end.Message.Raw)
			}
			if fmt.Sprint(said) != fmt.Sprint(calls) {
				t.Errorf("%s: %v were passed on, %v are in the message", format, said, calls)
			}
			if len(end.Odds.More) >= len(calls) {
				taken++
			}
			f, err := chat.Get(format)
			if err != nil {
				t.Fatal(err)
			}
			g, err := e.callGrammar(callsOf(f, fewTools, true), false)
			if err != nil {
				t.Fatal(err)
			}
			if m := g.Matcher(e.grammarTokens()); m.AcceptBytes([]byte(strings.TrimLeft(end.Message.Raw, "\n"))) != nil || !m.Done() {
				t.Errorf("%s: %q is not whole", format, end.Message.Raw)
			}
			if text := e.tokenizer.Decode(end.Tokens); text != end.Message.Raw || len(end.Tokens) != end.Usage.Generated {
				t.Errorf("%s: tokens of %q, text %q", format, text, end.Message.Raw)
			}
		}
		if taken == 0 {
			t.Errorf("%s: no call was taken back", format)
		}
	}
}
