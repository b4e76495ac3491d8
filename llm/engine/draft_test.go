package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/qwen-agent/qwen-agent/internal/testmodel"
	"github.com/qwen-agent/qwen-agent/kernels"
	"github.com/qwen-agent/qwen-agent/llm"
)

// TestDraftSameAnswer compares answers with and without a draft: one that guesses right
// because it is the model itself, and one that has nothing to do with it.
func TestDraftSameAnswer(t *testing.T) {
	path := testmodel.Write(t, testmodel.Shape{})
	other := testmodel.Write(t, testmodel.Shape{Layers: 1, Hidden: 32, Seed: 9})
	plain := openAt(t, path, Options{Threads: 2, Lookup: -1})
	requests := manyRequests()
	least, rounds := 500, 100 // guesses of a kind
	if testing.Short() {
		requests, least, rounds = requests[:20], least/4, rounds/4
	}
	var wants []llm.End
	for _, r := range requests {
		wants = append(wants, collect(t, plain, r))
	}
	for _, o := range []Options{
		{Threads: 2, Lookup: -1, Draft: path}, {Threads: 1, Draft: path},
		{Threads: 2, Lookup: -1, Draft: other}, {Threads: 2, Batch: 5, Draft: other},
		{Threads: 2, Context: 1500, CacheBytes: 1536 * tinyToken, Draft: path},
	} {
		e := eager(openAt(t, path, o))
		usage := checkAnswers(t, e, requests, wants, fmt.Sprintf("%+v", o))
		came, missed := usage.Accepted, usage.Guessed-usage.Accepted
		if o.Draft == path && came < least || o.Draft == other && missed < least || e.drafting.rounds < rounds {
			t.Errorf("%+v: %d rounds, %d guesses, of which %d came: the test sees too few", o, e.drafting.rounds, usage.Guessed, usage.Accepted)
		}
	}
}

// TestDraftDistribution compares the distributions of what is sampled with a draft and
// without, with other seeds. One draft is the model itself, so that many of its guesses come, one has nothing
// to do with it.
func TestDraftDistribution(t *testing.T) {
	path := testmodel.Write(t, testmodel.Shape{})
	other := testmodel.Write(t, testmodel.Shape{Layers: 1, Hidden: 32, Seed: 9})
	draws := 4000
	if testing.Short() {
		draws = 1000
	}
	seed := uint64(0)
	sampled := func(o Options) (map[string]float64, llm.Usage) {
		e := openAt(t, path, o)
		counts := map[string]float64{}
		var usage llm.Usage
		for range draws {
			eager(e) // again, as it learns what a draft is worth
			seed++
			hot, k, seed := 0.9, 4, seed
			r := ask("the answer and the thought and the answer and the")
			r.MaxTokens = 3
			r.Sampling = &llm.Sampling{Temperature: &hot, TopK: &k, Seed: &seed}
			end := collect(t, e, r)
			counts[fmt.Sprint(end.Tokens)]++
			usage = usage.Add(end.Usage)
		}
		return counts, usage
	}
	plain, _ := sampled(Options{Threads: 1, Lookup: -1})
	for name, draft := range map[string]string{"itself": path, "another": other} {
		drafted, usage := sampled(Options{Threads: 1, Lookup: -1, Draft: draft})
		came, missed := usage.Accepted, usage.Guessed-usage.Accepted
		if draft == path && came < draws/2 || missed < draws/2 {
			t.Errorf("%s: %d guesses, of which %d came: the test sees too few", name, usage.Guessed, came)
		}
		checkSameDistribution(t, name, plain, drafted)
	}
}

// checkSameDistribution holds two samples of one size against each other: chi-square, the bound six standard
// deviations above its mean.
func checkSameDistribution(t *testing.T, name string, one, two map[string]float64) {
	t.Helper()
	chi, bins := 0.0, 0.0
	var rest [2]float64 // answers too rare for a bin of their own
	add := func(a, b float64) {
		chi += (a - b) * (a - b) / (a + b)
		bins++
	}
	for answer, a := range one {
		if b := two[answer]; a+b >= 20 {
			add(a, b)
		} else {
			rest[0] += a
		}
	}
	for answer, b := range two {
		if one[answer]+b < 20 {
			rest[1] += b
		}
	}
	if rest[0]+rest[1] >= 20 {
		add(rest[0], rest[1])
	}
	if free := bins - 1; bins < 5 || chi > free+6*math.Sqrt(2*free) {
		t.Errorf("%s: chi-square %.1f of %.0f bins, want at most %.1f and 5 bins", name, chi, bins, free+6*math.Sqrt(2*free))
	}
}

func TestDraftErrors(t *testing.T) {
	path := testmodel.Write(t, testmodel.Shape{})
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name string, data []byte) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, test := range []struct{ draft, want string }{
		{filepath.Join(t.TempDir(), "none.gguf"), "none.gguf"},
		{write("garbage.gguf", []byte("no model")), "draft: "},
		{write("other.gguf", bytes.Replace(data, []byte("<|im_end|>"), []byte("<|im_fin|>"), 1)), `is the control token "<|im_fin|>", wanted the control token "<|im_end|>"`},
		{testmodel.Write(t, testmodel.Shape{Context: 1024}), "option Context is 2048, want 0 to 1024"},
	} {
		if _, err := Open(t.Context(), path, Options{Threads: 1, Draft: test.draft}); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("error is %v, want %q in it", err, test.want)
		}
	}
}

// TestDraftEnds gives answers up while a draft guesses: the context ends, the consumer breaks
// off, the draft's file becomes shorter, the engine is closed.
func TestDraftEnds(t *testing.T) {
	path := testmodel.Write(t, testmodel.Shape{})
	draft := testmodel.Write(t, testmodel.Shape{Seed: 9})
	e := eager(openAt(t, path, Options{Threads: 2, Context: 512, CacheBytes: 512 * tinyToken, Draft: draft}))
	r := ask("the answer and the thought")
	want := collect(t, e, r).Message.Raw
	long := ask("the thought")
	long.MaxTokens = 0
	for i := range 20 { // more than the caches have room for, if something stayed
		ctx, cancel := context.WithCancel(t.Context())
		n := 0
		for _, err := range e.Generate(ctx, long) {
			if n++; n == 2+i {
				if i%2 == 0 {
					break
				}
				cancel()
			}
			if err != nil && !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
		}
		cancel()
	}
	if got := collect(t, e, r).Message.Raw; got != want {
		t.Errorf("afterwards the answer is %q, want %q", got, want)
	}

	short := eager(openAt(t, path, Options{Threads: 2, Draft: draft}))
	if err := os.Truncate(draft, 4096); err != nil {
		t.Fatal(err)
	}
	if _, err := answerTo(context.Background(), short, long); !errors.Is(err, kernels.ErrFault) || !strings.Contains(err.Error(), draft) {
		t.Errorf("a file that became shorter: %v", err)
	}

	closing, err := Open(t.Context(), path, Options{Threads: 2, Draft: path})
	if err != nil {
		t.Fatal(err)
	}
	eager(closing)
	time.AfterFunc(5*time.Millisecond, func() { closing.Close() })
	if _, err := answerTo(context.Background(), closing, long); err != nil && !errors.Is(err, ErrClosed) {
		t.Errorf("closed in the middle: %v", err)
	}
}

func TestSureness(t *testing.T) {
	for _, test := range []struct {
		logits []float32
		want   int
	}{
		{[]float32{3, 3, 1}, 0}, {[]float32{0, 5, 4}, 2}, {[]float32{5, 0, 4}, 2}, {[]float32{-1, -20, -30}, len(margins)}, {[]float32{2}, 0},
	} {
		if got := sureness(test.logits); got != test.want {
			t.Errorf("%v: level %d, want %d", test.logits, got, test.want)
		}
	}
}

// TestDrafting lets drafts be right and cheap, and then wrong: they are given up, and later
// tried again.
func TestDrafting(t *testing.T) {
	c, d := newCosts(), newDrafting(0.2)
	c.learn(1, 10*time.Millisecond)
	d.step(1, 2*time.Millisecond)
	d.step(100, 100*time.Millisecond)
	if w := d.gain(c); w < 1.1 {
		t.Errorf("at first the worth is %v", w)
	}
	if d.pays(c, 1000, 20) || !d.pays(c, 1000, 2000) || !d.pays(c, 3, 0) {
		t.Error("what has to be read first is not counted")
	}
	levels := []int{7, 7, 7, 0}
	for range 50 {
		d.came(levels, 4, 5)
		d.learn(c, 4, 25*time.Millisecond)
	}
	if w := d.gain(c); w < 1.9 || w > 2.1 {
		t.Errorf("five tokens in the time of two and a half: the worth is %v", w)
	}
	if n := d.trim(c, levels, 1); n != 4 {
		t.Errorf("%d of four good tokens are verified", n)
	}
	for range 100 {
		d.came(levels, 0, 1)
		d.learn(c, 0, 25*time.Millisecond)
	}
	if w := d.gain(c); w > 0.6 {
		t.Errorf("nothing came: the worth is %v", w)
	}
	if n := d.trim(c, levels, 1); n != 0 {
		t.Errorf("%d tokens that never come are verified", n)
	}
	n := 0
	for n < 1e5 && d.gain(c) < leastGain {
		n++
	}
	if n < 1000 || n == 1e5 {
		t.Errorf("tried again after %d tokens", n)
	}
}
