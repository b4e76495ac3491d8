package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/qwen-agent/qwen-agent/internal/testmodel"
	"github.com/qwen-agent/qwen-agent/llm"
)

// eager makes an engine guess whatever it can: its passes are said to cost nothing more.
func eager(e *Engine) *Engine {
	e.costs.single, e.costs.slope, e.costs.fixed = 1, 0, true
	if d := e.drafting; d != nil { // what a draft takes is nothing beside a pass of a second
		d.read, d.single, d.gained, d.rounds, d.any = 1e-9, 1e-9, 10, sureRound, 1
		for i := range d.chances {
			d.chances[i] = 1
		}
	}
	return e
}

// manyRequests are greedy and sampled, with and without a grammar, stop strings and
// penalties, and end by limits.
func manyRequests() (requests []*llm.Request) {
	for i := range 60 {
		r := ask(strings.Repeat(fmt.Sprintf("the thought %d and the answer, ", i%7), 1+i%11))
		r.MaxTokens = 1 + i*7%120
		seed, hot := uint64(i), []float64{0, 0.3, 0.8, 1.5}[i%4]
		r.Sampling = &llm.Sampling{Temperature: &hot, Seed: &seed}
		switch i % 5 {
		case 1:
			r.Schema = json.RawMessage(`{"type":"object","properties":{"a":{"type":"array","items":{"enum":["the thought","the answer"]},"maxItems":9},"n":{"type":"integer","minimum":0,"maximum":99}},"required":["a","n"]}`)
		case 2:
			r.Format, r.Tools = "turn", []llm.Tool{{Name: "the_tool", Description: "the thing", Parameters: json.RawMessage(`{"type":"object","properties":{"the":{"type":"string"}},"required":["the"]}`)}}
		case 3:
			r.Stop = []string{"an", "th"}[:1+i%2]
		}
		requests = append(requests, r)
	}
	return requests
}

// checkAnswers holds the answers of e to requests against those that are wanted, alone and
// together, and returns the usage of those alone.
func checkAnswers(t *testing.T, e *Engine, requests []*llm.Request, wants []llm.End, how string) (usage llm.Usage) {
	t.Helper()
	same := func(i int, got llm.End, how string) error {
		want := wants[i]
		if got.Message.Raw != want.Message.Raw || got.Reason != want.Reason || got.Usage.Generated != want.Usage.Generated || got.Usage.Forced != want.Usage.Forced {
			return fmt.Errorf("%s, request %d: %q, %s, %+v; want\n%q, %s, %+v", how, i, got.Message.Raw, got.Reason, got.Usage, want.Message.Raw, want.Reason, want.Usage)
		}
		return nil
	}
	for i, r := range requests {
		end := collect(t, e, r)
		if err := same(i, end, how); err != nil {
			t.Fatal(err)
		}
		usage = usage.Add(end.Usage)
	}
	var g errgroup.Group
	g.SetLimit(8)
	for i, r := range requests {
		g.Go(func() error {
			end, err := answerTo(context.Background(), e, r)
			if err != nil {
				return err
			}
			return same(i, end, how+", together")
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	return usage
}

// TestLookupSameAnswer compares answers with and without guesses.
func TestLookupSameAnswer(t *testing.T) {
	path := testmodel.Write(t, testmodel.Shape{})
	plain := openAt(t, path, Options{Threads: 2, Lookup: -1})
	requests := manyRequests()
	least := 50 // guesses of a kind
	if testing.Short() {
		requests, least = requests[:20], 20
	}
	var wants []llm.End
	for _, r := range requests {
		wants = append(wants, collect(t, plain, r))
	}
	for _, o := range []Options{{Threads: 2, Lookup: 8}, {Threads: 1, Lookup: 15}, {Threads: 2, Lookup: 1, Batch: 5}, {Threads: 2, Lookup: 8, Context: 1500, CacheBytes: 1536 * tinyToken}} {
		usage := checkAnswers(t, eager(openAt(t, path, o)), requests, wants, fmt.Sprintf("%+v", o))
		if usage.Accepted < least || usage.Guessed-usage.Accepted < least {
			t.Errorf("%+v: %d guesses, of which %d came: the test sees too few of either kind", o, usage.Guessed, usage.Accepted)
		}
	}
}

// TestLookupCache asks whether what was answered with guesses is in the cache, and is right.
func TestLookupCache(t *testing.T) {
	e := eager(tiny(t, Options{Threads: 2, Lookup: 8}))
	plain := tiny(t, Options{Threads: 2, Lookup: -1})
	r := ask(strings.Repeat("the answer and the thought ", 30))
	r.MaxTokens = 150
	for step := range 4 {
		end, want := collect(t, e, r), collect(t, plain, r)
		if end.Message.Raw != want.Message.Raw || end.Usage.Cached != want.Usage.Cached {
			t.Fatalf("step %d: %q, %d cached; want %q, %d", step, end.Message.Raw, end.Usage.Cached, want.Message.Raw, want.Usage.Cached)
		}
		r.Messages = append(r.Messages, llm.Message{Role: llm.Assistant, Text: end.Message.Text, Raw: end.Message.Raw}, llm.Message{Role: llm.User, Text: "and the next thing"})
	}
}

// TestLookupFind compares with a search through the whole text.
func TestLookupFind(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for kinds := int32(2); kinds < 40; kinds += 3 {
		var l lookup
		var tokens []int32
		for range 250 {
			if n := len(tokens); n > 20 && random.IntN(4) == 0 {
				at := random.IntN(n - 10)
				tokens = append(tokens, tokens[at:at+random.IntN(10)+1]...)
			}
			tokens = append(tokens, random.Int32N(kinds))
			best := 0
			for at := 2; at < len(tokens); at++ {
				best = max(best, agreement(tokens, at))
			}
			if best < 2 {
				best = 0
			}
			at, agree := l.find(tokens)
			if agree > best || agree > 0 && agree != agreement(tokens, at) || agree == 0 && at != 0 {
				t.Fatalf("place %d agrees for %d tokens, want %d", at, agree, best)
			}
			if len(tokens) < maxChain && agree != best { // all places with the pair are looked at
				t.Fatalf("%d tokens agree at the place found, want %d", agree, best)
			}
		}
		if len(l.before) != len(tokens) || len(l.heads) != 1<<pairBits {
			t.Fatalf("the index has %d and %d places for %d tokens", len(l.before), len(l.heads), len(tokens))
		}
	}
}

func TestFollow(t *testing.T) {
	if got := follow(nil, []int32{1, 2, 3, 4}, 1, 2); !slices.Equal(got, []int32{2, 3}) {
		t.Errorf("inside: %v", got)
	}
	if got := follow(nil, []int32{7, 1, 2, 1, 2}, 3, 5); !slices.Equal(got, []int32{1, 2, 1, 2, 1}) {
		t.Errorf("over the end: %v", got)
	}
}

func TestPlan(t *testing.T) {
	c, sure, never := newCosts(), trust{1, 1, 1, 1, 1, 1}, trust{}
	if n, _ := c.plan(&sure, 2, 1, 8); n != 8 {
		t.Errorf("what is sure to come: %d guesses, want 8", n)
	}
	if n, _ := c.plan(&sure, 2, 12, 8); n != fewTokens-12 {
		t.Errorf("beside 12 rows: %d guesses, want %d", n, fewTokens-12)
	}
	if n, _ := c.plan(&never, 32, 1, 8); n != 0 {
		t.Errorf("what never comes: %d guesses", n)
	}
	// A model bound by arithmetic: every row costs as much as the first.
	for range 100 {
		c.learn(1, 10*time.Millisecond)
		for rows := 2; rows <= fewTokens; rows++ {
			c.learn(rows, time.Duration(rows)*10*time.Millisecond)
		}
	}
	if n, _ := c.plan(&sure, 2, 1, 8); n != 0 {
		t.Errorf("rows that cost as much as passes: %d guesses", n)
	}
	p := newTrust()
	for range 200 {
		p.learn(2, false)
	}
	if *p.of(2) > 0.01 || *p.of(3) != newTrust()[1] {
		t.Errorf("after 200 misses: %v", p)
	}
}
