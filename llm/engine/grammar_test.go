package engine

import (
	"encoding/json"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/llm"
)

var toolbox = []llm.Tool{
	{Name: "the_tool", Description: "Does the thing.", Parameters: json.RawMessage(`{"type":"object","properties":{"thing":{"type":"string","maxLength":5},"n":{"type":"integer"}},"required":["thing","n"]}`)},
	{Name: "other", Description: "Does another."},
}

// TestTurn lets a model that knows nothing write turns under the grammar: each is a valid
// call or answer, of those that are allowed.
func TestTurn(t *testing.T) {
	e := tiny(t, Options{Threads: 2})
	hot := 1.5
	for seed := range uint64(12) {
		for _, choice := range []*llm.Choice{nil, {Tools: []string{"the_tool"}, NoText: true}, {Tools: []string{}}, {NoText: true}} {
			r := ask("the thing")
			r.Format, r.Tools, r.Choice, r.MaxTokens = "turn", toolbox, choice, 0
			r.Sampling = &llm.Sampling{Temperature: &hot, Seed: &seed}
			end := collect(t, e, r)
			m := end.Message
			if end.Reason == llm.Length {
				continue // a thought of random letters may go on for very long
			}
			if !json.Valid([]byte(m.Raw)) || m.Thought == "" {
				t.Fatalf("seed %d: the turn is %q", seed, m.Raw)
			}
			if end.Usage.Forced == 0 || end.Usage.Forced >= end.Usage.Generated {
				t.Errorf("seed %d: %d of %d tokens were forced", seed, end.Usage.Forced, end.Usage.Generated)
			}
			called := len(m.Calls) > 0
			switch {
			case called != (end.Reason == llm.ToolCalls):
				t.Errorf("seed %d: %d calls, and the reason is %q", seed, len(m.Calls), end.Reason)
			case choice != nil && choice.NoText && !called:
				t.Errorf("seed %d: words where a tool must be called: %q", seed, m.Raw)
			case choice != nil && choice.Tools != nil && called && m.Calls[0].Name != "the_tool":
				t.Errorf("seed %d: %q is called, which is not allowed", seed, m.Calls[0].Name)
			case choice != nil && choice.Tools != nil && len(choice.Tools) == 0 && called:
				t.Errorf("seed %d: a call where none is allowed", seed)
			}
		}
	}
}

func TestSchema(t *testing.T) {
	e := tiny(t, Options{Threads: 2})
	hot := 1.5
	for seed := range uint64(10) {
		r := ask("the thing")
		r.Schema = json.RawMessage(`{"type":"object","properties":{"kind":{"enum":["the thought","the answer"]},"n":{"type":"integer","minimum":0,"maximum":99}},"required":["kind","n"]}`)
		r.Sampling = &llm.Sampling{Temperature: &hot, Seed: &seed}
		end := collect(t, e, r)
		var v struct {
			Kind string `json:"kind"`
			N    *int   `json:"n"`
		}
		if err := json.Unmarshal([]byte(end.Message.Text), &v); err != nil || !strings.HasPrefix(v.Kind, "the ") || v.N == nil || *v.N > 99 {
			t.Errorf("seed %d: the answer is %q (%v)", seed, end.Message.Text, err)
		}
		if end.Reason != llm.Stop {
			t.Errorf("seed %d: the reason is %q", seed, end.Reason)
		}
	}
}

// TestOwnGrammar has answers written under grammars that requests bring along.
func TestOwnGrammar(t *testing.T) {
	e := tiny(t, Options{Threads: 2})
	hot := 1.5
	for _, test := range []struct {
		g     llm.Grammar
		match string
	}{
		{llm.Grammar{Regex: `(the|an) answer: \d{1,3}`}, `^(the|an) answer: \d{1,3}$`},
		{llm.Grammar{GBNF: "root ::= (\"- \" word \"\\n\"){1,3}\nword ::= [a-z]{1,8}"}, `^(- [a-z]{1,8}\n){1,3}$`},
	} {
		for seed := range uint64(8) {
			r := ask("the thing")
			r.Grammar, r.MaxTokens = &test.g, 20
			r.Sampling = &llm.Sampling{Temperature: &hot, Seed: &seed}
			if end := collect(t, e, r); !regexp.MustCompile(test.match).MatchString(end.Message.Raw) {
				t.Errorf("seed %d: the answer is %q", seed, end.Message.Raw)
			}
			r.Format, r.Tools, r.MaxTokens = "turn", toolbox, 900
			r.Choice = &llm.Choice{Tools: []string{}}
			if end := collect(t, e, r); !regexp.MustCompile(test.match).MatchString(end.Message.Text) {
				t.Errorf("seed %d: the answer of the turn is %q", seed, end.Message.Raw)
			}
		}
	}
	for want, change := range map[string]func(*llm.Request){
		"a grammar and a schema":                       func(r *llm.Request) { r.Schema = []byte("{}") },
		"2 tools that it may call, want none":          func(r *llm.Request) { r.Tools = toolbox },
		"none or two":                                  func(r *llm.Request) { r.Grammar = &llm.Grammar{} },
		"grammar: turn: answer: grammar: gbnf: line 1": func(r *llm.Request) { r.Format, r.Grammar = "turn", &llm.Grammar{GBNF: "root ::= x"} },
		"grammar: gbnf: line 1":                        func(r *llm.Request) { r.Grammar = &llm.Grammar{GBNF: "root ::= x"} },
		"lookahead":                                    func(r *llm.Request) { r.Grammar = &llm.Grammar{Regex: "(?=x)"} },
	} {
		r := ask("x")
		r.Grammar = &llm.Grammar{Regex: "x"}
		change(r)
		if _, err := answerTo(t.Context(), e, r); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// TestForced checks that forced text is the same as if each of its tokens had been chosen
// with no other choice: what a model writes under a grammar without choices.
func TestForced(t *testing.T) {
	e := tiny(t, Options{Threads: 1})
	r := ask("x")
	r.Schema = json.RawMessage(`{"const":{"the":"thought and the answer"}}`)
	end := collect(t, e, r)
	if want := `{"the": "thought and the answer"}`; end.Message.Raw != want || end.Usage.Forced != end.Usage.Generated {
		t.Errorf("the answer is %q, %d of %d tokens forced; want %q, all", end.Message.Raw, end.Usage.Forced, end.Usage.Generated, want)
	}
	r.MaxTokens = 3
	if end := collect(t, e, r); end.Usage.Generated != 3 || end.Reason != llm.Length {
		t.Errorf("%d tokens, reason %q; want 3 and %q", end.Usage.Generated, end.Reason, llm.Length)
	}
}

// TestNeverPadding samples with so high a temperature that every token has its chance.
func TestNeverPadding(t *testing.T) {
	e := tiny(t, Options{Threads: 1})
	if len(e.never) == 0 {
		t.Fatal("the tiny model has padding")
	}
	a, err := e.newAnswer(ask("x"))
	if err != nil {
		t.Fatal(err)
	}
	logits := make([]float32, e.Vocabulary())
	for i := range 200 {
		for id := range logits {
			logits[id] = float32(i % 7)
		}
		for _, id := range e.never {
			logits[id] = 1000 // what only padding could win with
		}
		id, _, err := a.chooseAbove(none, logits)
		if err != nil {
			t.Fatal(err)
		}
		if e.tokenizer.Control(id) && !e.ends[id] {
			t.Fatalf("token %d, %q, was chosen", id, e.tokenizer.Token(id))
		}
	}
	if !math.IsInf(float64(logits[e.never[0]]), -1) {
		t.Error("padding keeps its logit")
	}
}

func TestStops(t *testing.T) {
	for _, test := range []struct {
		stops []string
		text  string
		want  string
		found bool
	}{
		{[]string{"Observation:"}, "Action: x\nObservation: y", "Action: x\n", true},
		{[]string{"Observation:"}, "Action: x\nObservatio", "Action: x\nObservatio", false},
		{[]string{"aab"}, "aaaab", "aa", true},
		{[]string{"bc", "abcd"}, "xabcd", "xa", true},
		{[]string{"é"}, "caf\u00e9!", "caf", true},
		{nil, "all of it", "all of it", false},
		{[]string{"x"}, "", "", false},
	} {
		for size := 1; size <= len(test.text)+1; size++ {
			s := stops{strings: test.stops}
			got, found := "", false
			for i := 0; i < len(test.text) && !found; i += size {
				var part string
				part, found = s.write(test.text[i:min(len(test.text), i+size)])
				got += part
			}
			if !found {
				got += s.flush()
			}
			if got != test.want || found != test.found {
				t.Errorf("%q in pieces of %d, stops %q: %q, %v; want %q, %v", test.text, size, test.stops, got, found, test.want, test.found)
			}
		}
	}
}

// TestStopString ends answers at every one of a few strings that the model writes.
func TestStopString(t *testing.T) {
	e := tiny(t, Options{Threads: 1})
	whole := collect(t, e, ask("the thing")).Message.Raw
	for i := 1; i+3 < len(whole); i += 5 {
		stop := whole[i : i+3]
		r := ask("the thing")
		r.Stop = []string{stop}
		end := collect(t, e, r)
		want, _, _ := strings.Cut(whole, stop)
		if end.Message.Raw != want || end.Reason != llm.Stop {
			t.Errorf("stop %q: %q, reason %q; want %q", stop, end.Message.Raw, end.Reason, want)
		}
	}
}
