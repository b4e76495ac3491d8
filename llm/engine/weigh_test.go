package engine

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/grammar"
)

// TestHabits: a model whose habits are known decides by them what an answer to a question is, unless the request
// says otherwise.
func TestHabits(t *testing.T) {
	e := tiny(t, Options{Threads: 2})
	hot, seed := 1.0, uint64(3) // or the tiny model repeats its call, which is taken back
	answer := func(h callHabit, format string, choice *llm.Choice, messages ...llm.Message) llm.End {
		e.habits = habits{call: &h, more: 0.5}
		r := ask("the thing")
		r.Messages = append(r.Messages, messages...)
		r.Format, r.Tools, r.Choice, r.MaxTokens = format, toolbox, choice, 300
		r.Sampling = &llm.Sampling{Temperature: &hot, Seed: &seed}
		return collect(t, e, r)
	}
	const list = "```json\n[\n  {\"name\": \""
	at := func(p float64) *llm.Choice { return &llm.Choice{CallAt: &p} }
	const never = 100
	calls, words := callHabit{bias: 100, second: never}, callHabit{bias: -100, second: never}
	for _, format := range []string{"hermes", "hermes-braces"} {
		end := answer(calls, format, nil)
		if !strings.HasPrefix(end.Message.Raw, list) || len(end.Message.Calls) != 1 || end.Odds.Call != 1 || len(end.Odds.More) != 1 {
			t.Errorf("%s: %q with %+v, want a list of one call", format, end.Message.Raw, end.Odds)
		}
		checkCalls(t, end.Message.Calls, end.Message.Raw)
		o := end.Odds
		if o.First <= 0 || o.First >= 1 || o.Name <= 0 || o.Name >= 1 || o.Several <= 0 || o.Several >= 1 {
			t.Errorf("%s: %+v, want probabilities", format, o)
		}
		if end := answer(callHabit{bias: 100, second: -never}, format, nil); len(end.Message.Calls) < 2 || end.Odds.More[0] != o.More[0] {
			t.Errorf("%s: %q with %+v, want another call, which is as likely as before", format, end.Message.Raw, end.Odds)
		}
		just := logit(o.Several) + logit(o.More[0])
		for second, want := range map[float64]bool{just - 1e-6: true, just + 1e-6: false} {
			if end := answer(callHabit{bias: 100, second: second}, format, nil); len(end.Message.Calls) > 1 != want {
				t.Errorf("%s: %q from %v on, where it is %v", format, end.Message.Raw, second, just)
			}
		}
		if end := answer(words, format, nil); len(end.Message.Calls) > 0 || end.Message.Text != end.Message.Raw || end.Odds.Call >= 1e-6 {
			t.Errorf("%s: %q with %+v, want words", format, end.Message.Raw, end.Odds)
		}
		for name, forced := range map[string]*llm.Choice{"required": {NoText: true}, "named": {NoText: true, Tools: []string{"other"}}} {
			end := answer(words, format, forced)
			if len(end.Message.Calls) != 1 || !strings.HasPrefix(end.Message.Raw, list) || forced.Tools != nil && end.Message.Calls[0].Name != "other" {
				t.Errorf("%s, %s: %q, want a call", format, name, end.Message.Raw)
			}
			checkCalls(t, end.Message.Calls, end.Message.Raw)
		}
		if end := answer(calls, format, &llm.Choice{Tools: []string{}}); len(end.Message.Calls) > 0 || end.Odds.Call != 0 {
			t.Errorf("%s: %q with %+v, want words that nobody weighed", format, end.Message.Raw, end.Odds)
		}
		mixed := callHabit{first: 1, name: 1, list: 0.1, second: never}
		p := answer(mixed, format, nil).Odds.Call
		if want := mixed.odds(o); math.Abs(p-want) > 1e-9 {
			t.Errorf("%s: %v, want %v", format, p, want)
		}
		if over := answer(mixed, format, at(min(1, p*1.001))); len(over.Message.Calls) > 0 {
			t.Errorf("%s: above %v the answer is %q", format, p, over.Message.Raw)
		}
		if under := answer(mixed, format, at(p*0.999)); len(under.Message.Calls) != 1 {
			t.Errorf("%s: below %v the answer is %q", format, p, under.Message.Raw)
		}
		free := answer(words, format, at(llm.CallFreely))
		if e.habits = (habits{}); free.Odds.Call != 0 || free.Message.Raw != answer(callHabit{}, "", at(llm.CallFreely)).Message.Raw && format == "hermes" {
			t.Errorf("%s: left to the model, the answer is %q with %+v", format, free.Message.Raw, free.Odds)
		}
		result := []llm.Message{{Role: llm.Assistant, Calls: []llm.Call{{Name: "other"}}}, {Role: llm.Observer, Name: "other", Text: "12"}}
		if end := answer(calls, format, nil, result...); end.Odds.Call != 0 {
			t.Errorf("%s: behind a result: %+v, want the model's own choice", format, end.Odds)
		}
		if end := answer(calls, format, at(0.5), result...); end.Odds.Call != 1 || len(end.Message.Calls) != 1 {
			t.Errorf("%s: behind a result, with a bound: %q with %+v, want a call", format, end.Message.Raw, end.Odds)
		}
	}
	for _, format := range []string{"xml", "react", "turn", "qwen"} { // of turn there is another habit
		if end := answer(calls, format, nil); end.Odds.Call != 0 || end.Odds.Name != 0 {
			t.Errorf("%s: %+v, want nothing weighed: it was not measured", format, end.Odds)
		}
	}
}

// TestTurnHabit: in the format turn, an answer to a question is words if the model is sure enough that it needs no tool.
func TestTurnHabit(t *testing.T) {
	e := tiny(t, Options{Threads: 2})
	hot, seed := 1.0, uint64(3)
	answer := func(h *turnHabit, change func(r *llm.Request)) llm.End {
		e.habits = habits{turn: h}
		r := ask("the thing")
		r.Format, r.Tools, r.MaxTokens = "turn", toolbox, 300
		r.Sampling = &llm.Sampling{Temperature: &hot, Seed: &seed}
		if change != nil {
			change(r)
		}
		return collect(t, e, r)
	}
	at := func(p float64) func(*llm.Request) {
		return func(r *llm.Request) { r.Choice = &llm.Choice{CallAt: &p} }
	}
	sure, unsure := &turnHabit{first: 1, bias: -100}, &turnHabit{first: 1, bias: 100}
	free := answer(nil, nil)
	for ; len(free.Message.Calls) == 0 && seed < 50; free = answer(nil, nil) { // which one has calls depends on the kernels
		seed++
	}
	if len(free.Message.Calls) == 0 || free.Odds.Call != 0 {
		t.Fatalf("left to the model, the answer is %q with %+v, want a call that nobody weighed", free.Message.Raw, free.Odds)
	}
	if end := answer(unsure, nil); end.Message.Raw != free.Message.Raw || end.Odds.Call < 0.999 {
		t.Errorf("where a tool may be needed: %q with %+v, want %q", end.Message.Raw, end.Odds, free.Message.Raw)
	}
	words := func(name string, end llm.End) {
		t.Helper()
		if len(end.Message.Calls) > 0 || end.Message.Text == "" || !strings.Contains(end.Message.Raw, `", "answer": "`) {
			t.Errorf("%s: %q with %+v, want words", name, end.Message.Raw, end.Odds)
		}
	}
	end := answer(sure, nil)
	words("sure of it", end)
	p := end.Odds.First
	if p <= 0 || p >= 1 || end.Odds.Call > 1e-6 {
		t.Errorf("%+v, want a probability, and hardly one of a call", end.Odds)
	}
	words("one by one", func() llm.End { // no text is forced, so none is written when it is decided
		e.options.OneByOne = true
		defer func() { e.options.OneByOne = false }()
		return answer(sure, nil)
	}())
	words("above its probability", answer(nil, at(p*1.001)))
	if end := answer(nil, at(p*0.999)); end.Message.Raw != free.Message.Raw || math.Abs(end.Odds.Call-p) > 1e-9 {
		t.Errorf("below its probability: %q with %+v, want %q", end.Message.Raw, end.Odds, free.Message.Raw)
	}
	words("after a limit of tokens", answer(sure, func(r *llm.Request) { r.MaxTokens = 40 }))
	for name, change := range map[string]func(*llm.Request){
		"a call is wanted":  func(r *llm.Request) { r.Choice = &llm.Choice{NoText: true} },
		"left to the model": at(llm.CallFreely),
		"from 0 on":         at(0),
		"behind a result": func(r *llm.Request) {
			r.Messages = append(r.Messages, llm.Message{Role: llm.Assistant, Calls: []llm.Call{{ID: "1", Name: "other", Arguments: []byte("{}")}}}, llm.Message{Role: llm.Observer, Name: "other", CallID: "1", Text: "12"})
		},
		"with a schema":       func(r *llm.Request) { r.Schema = []byte(`{"type": "integer"}`) },
		"with a grammar":      func(r *llm.Request) { r.Grammar = &llm.Grammar{Regex: "a|b"} },
		"without room for it": func(r *llm.Request) { r.MaxTokens = 3 },
	} {
		if end := answer(sure, change); end.Odds.Call != 0 {
			t.Errorf("%s: %+v, want nothing weighed", name, end.Odds)
		}
	}
}

// TestHabitsOf: only models like those that were measured have habits.
func TestHabitsOf(t *testing.T) {
	for _, c := range []struct {
		m     llm.Info
		known bool
	}{
		{llm.Info{Architecture: "qwen2", Parameters: 494e6}, true},
		{llm.Info{Architecture: "qwen2", Parameters: 1543e6}, true},
		{llm.Info{Architecture: "qwen2", Parameters: 7e9}, false},
		{llm.Info{Architecture: "qwen2", Parameters: 1e6}, false},
		{llm.Info{Architecture: "qwen3", Parameters: 1.7e9}, false},
	} {
		if h := habitsOf(c.m); (h.call != nil) != c.known || (h.turn != nil) != c.known || (h.more > 0) != c.known {
			t.Errorf("%+v: %+v", c.m, h)
		}
	}
}

// TestFirstName: the first call of a list is of the tool that the model calls in an object by itself.
func TestFirstName(t *testing.T) {
	e := tiny(t, Options{Threads: 2})
	e.habits = habits{call: &callHabit{bias: 100, second: 100}, more: 0.5}
	random := rand.New(rand.NewPCG(4, 4))
	words := strings.Fields("get read write find area price book list sum of the all big small new old calculate train a b")
	seen := map[string]bool{}
	for range 40 {
		var names []string
		for len(names) < 3 {
			name := words[random.IntN(len(words))] + "_" + words[random.IntN(len(words))]
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		for _, question := range []string{"the thing", "What?"} {
			r := ask(question)
			r.Format, r.MaxTokens = "hermes", 200
			for _, name := range names {
				r.Tools = append(r.Tools, llm.Tool{Name: name, Description: "Does it."})
			}
			a, err := e.newAnswer(r)
			if err != nil {
				t.Fatal(err)
			}
			one := a.weighing.fenced.one
			a.weighing = nil
			if err := a.follow(grammar.CallsSpec{Calls: one, Most: 1}, ""); err != nil {
				t.Fatal(err)
			}
			if err := a.run(t.Context(), func(llm.Chunk) bool { return true }); err != nil {
				t.Fatal(err)
			}
			want := a.message.Calls[0].Name
			if got := collect(t, e, r).Message.Calls[0].Name; got != want {
				t.Errorf("%v, %q: the list begins with %s, an object has %s", names, question, got, want)
			}
			seen[want] = true
		}
	}
	if len(seen) < 10 {
		t.Errorf("only %v were called", seen)
	}
}

// TestHabitsReplayed: what was decided is in a recording.
func TestHabitsReplayed(t *testing.T) {
	e := tiny(t, Options{Threads: 2})
	for _, bias := range []float64{-100, 100} {
		for _, choice := range []*llm.Choice{nil, {NoText: true}} {
			for _, second := range []float64{-100, 100} {
				e.habits = habits{call: &callHabit{bias: bias, second: second}, more: 0.5}
				r := ask("the thing")
				r.Format, r.Tools, r.Choice, r.MaxTokens = "hermes", toolbox, choice, 200
				want := collect(t, e, r)
				got, err := replay(t, e, r, want.Tokens, want.Reason)
				if err != nil || got.Message.Raw != want.Message.Raw || got.Reason != want.Reason {
					t.Errorf("%v, %v: %v, replayed %q %s, recorded %q %s", bias, choice, err, got.Message.Raw, got.Reason, want.Message.Raw, want.Reason)
				}
			}
		}
	}
}
