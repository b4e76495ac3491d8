package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sync/errgroup"

	"github.com/qwen-agent/qwen-agent/internal/testmodel"
	"github.com/qwen-agent/qwen-agent/kernels"
	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/gguf"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// tinyToken is how many bytes the cache of the tiny model has for a token.
const tinyToken = 2 * 2 * 16 * 2 * 2 // layers, kv heads, their width, keys and values, of two bytes

// tiny opens a tiny model.
func tiny(t testing.TB, o Options) *Engine {
	t.Helper()
	return openAt(t, testmodel.Write(t, testmodel.Shape{}), o)
}

func openAt(t testing.TB, path string, o Options) *Engine {
	t.Helper()
	e, err := Open(context.Background(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

func ask(text string) *llm.Request {
	return &llm.Request{Messages: []llm.Message{{Role: llm.User, Text: text}}, MaxTokens: 40}
}

// collect reads an answer to its end and checks that its parts agree.
func collect(t testing.TB, e *Engine, r *llm.Request) llm.End {
	t.Helper()
	end, err := answerTo(context.Background(), e, r)
	if err != nil {
		t.Fatal(err)
	}
	return end
}

func answerTo(ctx context.Context, e *Engine, r *llm.Request) (llm.End, error) {
	var text, thought strings.Builder
	var calls []llm.Call
	for c, err := range e.Generate(ctx, r) {
		if err != nil {
			return llm.End{}, err
		}
		text.WriteString(c.Text)
		thought.WriteString(c.Thought)
		if c.Call != nil {
			calls = append(calls, *c.Call)
		}
		if c.End != nil {
			m := c.End.Message
			if m.Text != text.String() || m.Thought != thought.String() || len(m.Calls) != len(calls) {
				return *c.End, fmt.Errorf("the message is %+v, the chunks were %q, %q and %d calls", m, thought.String(), text.String(), len(calls))
			}
			return *c.End, nil
		}
	}
	return llm.End{}, errors.New("the answer has no end")
}

func TestGenerate(t *testing.T) {
	e := tiny(t, Options{Threads: 2})
	end := collect(t, e, ask("the thing"))
	u := end.Usage
	if end.Message.Role != llm.Assistant || end.Message.Raw == "" || u.Generated == 0 || u.Generated > 40 || u.Prompt == 0 || u.Prefill <= 0 {
		t.Errorf("end is %+v", end)
	}
	if end.Reason == llm.Length && u.Generated != 40 {
		t.Errorf("%d tokens and the reason is %q", u.Generated, end.Reason)
	}
	info := e.Info()
	if info.Name != "Tiny" || info.Architecture != "qwen2" || info.Context != 2048 || info.Parameters < 10000 {
		t.Errorf("info is %+v", info)
	}
}

// TestDeterminism asks the same in engines of different thread counts, batch sizes and
// contents of the cache, alone and among others.
func TestDeterminism(t *testing.T) {
	path := testmodel.Write(t, testmodel.Shape{})
	temperature, seed := 1.0, uint64(7)
	request := func(i int) *llm.Request {
		r := ask(strings.Repeat(fmt.Sprintf("the thought %d and the answer ", i), 1+i*3))
		r.Sampling = &llm.Sampling{Temperature: &temperature, Seed: &seed}
		return r
	}
	const n = 6
	var want [n]string
	first := openAt(t, path, Options{Threads: 1})
	for i := range n {
		want[i] = collect(t, first, request(i)).Message.Raw
	}
	if slices.Contains(want[1:], want[0]) {
		t.Fatal("different requests get the same answer: the model is too dull for this test")
	}
	for _, o := range []Options{{Threads: 1}, {Threads: 3}, {Threads: 8}, {Threads: 2, Batch: 7}, {Threads: 2, Context: 512, CacheBytes: 640 * tinyToken}} {
		e := openAt(t, path, o)
		for round := range 2 { // the second finds its prompts in the cache
			var g errgroup.Group
			for i := range n {
				g.Go(func() error {
					end, err := answerTo(context.Background(), e, request(i))
					if err == nil && end.Message.Raw != want[i] {
						err = fmt.Errorf("options %+v, round %d, request %d:\n%q, want\n%q", o, round, i, end.Message.Raw, want[i])
					}
					return err
				})
			}
			if err := g.Wait(); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestPrefix plays an agent: each step's prompt is the last one with its answer and more. What is read of it are
// the new tokens, not one more: a page that is only partly the same serves too.
func TestPrefix(t *testing.T) {
	e := tiny(t, Options{Threads: 2})
	for words := range 40 { // so that the steps part at different places of a page
		r := ask(strings.Repeat("the answer ", 60+words))
		var known []int32 // what the sequence of the last step had
		for step := range 3 {
			a, err := e.newAnswer(r)
			if err != nil {
				t.Fatal(err)
			}
			var end llm.End
			if err := a.run(t.Context(), func(c llm.Chunk) bool {
				if c.End != nil {
					end = *c.End
				}
				return true
			}); err != nil {
				t.Fatal(err)
			}
			if words == 0 {
				if alone := collect(t, fresh(t, e), r); alone.Message.Raw != end.Message.Raw {
					t.Fatalf("step %d: with the cache the answer is %q, without %q", step, end.Message.Raw, alone.Message.Raw)
				}
			}
			same := 0
			for same < len(known) && same < len(a.prompt)-1 && known[same] == a.prompt[same] {
				same++
			}
			u := end.Usage
			if step > 0 && u.Cached != same || u.Prompt != len(a.prompt) {
				t.Errorf("%d words, step %d: %d tokens of a prompt of %d were cached, and %d of its %d are those of the last step", 60+words, step, u.Cached, u.Prompt, same, len(a.prompt))
			}
			// The last token that was chosen is in the answer, and was not computed any more.
			known = a.tokens[:len(a.tokens)-1]
			end.Message.Calls = nil
			r.Messages = append(r.Messages, end.Message, llm.Message{Role: llm.User, Text: "and the next thing"})
		}
	}
}

// fresh returns an engine of the same file with an empty cache.
func fresh(t testing.TB, e *Engine) *Engine { return openAt(t, e.Path(), Options{Threads: 1}) }

func TestSequenceLogits(t *testing.T) {
	e := tiny(t, Options{Threads: 2, Batch: 16})
	ids := e.Tokenizer().Encode(nil, strings.Repeat("the thing and the other thing ", 6))
	rows := func(n int) [][]float32 {
		out := make([][]float32, n)
		for i := range out {
			out[i] = make([]float32, e.Vocabulary())
		}
		return out
	}
	run := func(pieces ...int) [][]float32 {
		s, err := e.BeginPrivate(t.Context(), len(ids))
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		all, at := rows(len(ids)), 0
		for _, n := range pieces {
			if err := s.Append(t.Context(), ids[at:at+n], all[at:at+n]...); err != nil {
				t.Fatal(err)
			}
			at += n
		}
		if s.Len() != len(ids) {
			t.Errorf("the sequence has %d tokens, want %d", s.Len(), len(ids))
		}
		return all
	}
	one := run(slices.Repeat([]int{1}, len(ids))...)
	for i, got := range run(len(ids)) {
		if !slices.Equal(got, one[i]) {
			t.Fatalf("position %d has other logits in a batch than alone", i)
		}
	}
	half := len(ids) / 2
	if s := run(half, len(ids)-half); !slices.Equal(s[len(ids)-1], one[len(ids)-1]) {
		t.Error("two halves give other logits")
	}
}

// TestCancel ends the context at different moments; Generate must return within 100 ms
// and leave an engine that works.
func TestCancel(t *testing.T) {
	e := openAt(t, testmodel.Write(t, testmodel.Shape{Layers: 12, Hidden: 256, FeedForward: 1024, Heads: 8, KVHeads: 4}), Options{Threads: 2})
	long := ask(strings.Repeat("the thought and the answer ", 200))
	want := collect(t, e, ask("the")).Message.Raw
	for _, delay := range []time.Duration{0, time.Millisecond, 20 * time.Millisecond, 60 * time.Millisecond} {
		ctx, cancel := context.WithCancel(t.Context())
		cancelled := make(chan time.Time, 1)
		time.AfterFunc(delay, func() {
			cancelled <- time.Now()
			cancel()
		})
		r := *long
		r.Messages = []llm.Message{{Role: llm.User, Text: long.Messages[0].Text + delay.String()}}
		r.MaxTokens = 0
		_, err := answerTo(ctx, e, &r)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("after %v: error is %v", delay, err)
		}
		if late := time.Since(<-cancelled); late > 100*time.Millisecond {
			t.Errorf("after %v: it took %v to stop", delay, late)
		}
	}
	if got := collect(t, e, ask("the")).Message.Raw; got != want {
		t.Errorf("afterwards the answer is %q, want %q", got, want)
	}
}

// TestBreak stops reading in the middle of an answer.
func TestBreak(t *testing.T) {
	e := tiny(t, Options{Threads: 2})
	for range 20 {
		for _, err := range e.Generate(t.Context(), ask("the thing")) {
			if err != nil {
				t.Fatal(err)
			}
			break
		}
	}
	e.scheduler.mu.Lock()
	defer e.scheduler.mu.Unlock()
	if len(e.scheduler.jobs) != 0 {
		t.Errorf("%d jobs are left", len(e.scheduler.jobs))
	}
}

// TestWaiting asks for more at once than the cache has room for: all are answered, in turn.
func TestWaiting(t *testing.T) {
	e := tiny(t, Options{Threads: 2, Context: 256, CacheBytes: 256 * tinyToken})
	var g errgroup.Group
	for i := range 12 {
		g.Go(func() error {
			r := ask(fmt.Sprintf("the thing %d", i))
			r.MaxTokens = 100
			_, err := answerTo(context.Background(), e, r)
			return err
		})
	}
	// One that gives up while it waits must not be in the way.
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	if _, err := answerTo(ctx, e, ask("the")); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if err := g.Wait(); err != nil {
		t.Error(err)
	}
}

func TestFull(t *testing.T) {
	e := tiny(t, Options{Threads: 1, Context: 256})
	_, err := answerTo(context.Background(), e, ask(strings.Repeat("x ", 600)))
	if err == nil || !strings.Contains(err.Error(), "the context is 256") || !strings.Contains(err.Error(), "the prompt has 12") {
		t.Errorf("a prompt that does not fit: %v", err)
	}
	r := ask("x")
	r.MaxTokens = 0
	if end := collect(t, e, r); end.Reason == llm.Length && end.Usage.Prompt+end.Usage.Generated != 256 {
		t.Errorf("the context was full after %d tokens of 256", end.Usage.Prompt+end.Usage.Generated)
	}
}

func TestClose(t *testing.T) {
	e, err := Open(t.Context(), testmodel.Write(t, testmodel.Shape{}), Options{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	r := ask("the")
	r.MaxTokens = 0
	time.AfterFunc(10*time.Millisecond, func() { e.Close() })
	if _, err := answerTo(context.Background(), e, r); err != nil && !errors.Is(err, ErrClosed) {
		t.Errorf("closed in the middle: %v", err)
	}
	e.scheduler.close()
	if _, err := answerTo(context.Background(), e, r); !errors.Is(err, ErrClosed) {
		t.Errorf("closed before: %v", err)
	}
}

func TestTruncatedFile(t *testing.T) {
	e := tiny(t, Options{Threads: 2})
	if err := os.Truncate(e.Path(), 4096); err != nil {
		t.Fatal(err)
	}
	_, err := answerTo(context.Background(), e, ask("the"))
	if !errors.Is(err, kernels.ErrFault) || !strings.Contains(err.Error(), e.Path()) {
		t.Errorf("error is %v", err)
	}
}

func TestOpenErrors(t *testing.T) {
	good := testmodel.Write(t, testmodel.Shape{})
	garbage := filepath.Join(t.TempDir(), "garbage.gguf")
	if err := os.WriteFile(garbage, []byte("not a model"), 0o600); err != nil {
		t.Fatal(err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for _, test := range []struct {
		name string
		ctx  context.Context
		path string
		o    Options
		want string
	}{
		{"no file", t.Context(), filepath.Join(t.TempDir(), "none.gguf"), Options{}, "none.gguf"},
		{"no model", t.Context(), garbage, Options{}, "garbage.gguf"},
		{"threads", t.Context(), good, Options{Threads: -1}, "option Threads is -1"},
		{"kv", t.Context(), good, Options{KV: "q4"}, `option KV is "q4", want f16 or q8`},
		{"context", t.Context(), good, Options{Context: 4096}, "option Context is 4096, want 0 to 2048"},
		{"cache", t.Context(), good, Options{Context: 512, CacheBytes: 100 * tinyToken}, "a cache of 1 MiB has room for 64 tokens, want at least the context of 512, which takes 1 MiB"},
		{"negative cache", t.Context(), good, Options{CacheBytes: -1}, "option CacheBytes is -1"},
		{"lookup", t.Context(), good, Options{Lookup: 16}, "option Lookup is 16, want at most 15"},
		{"cancelled", cancelled, good, Options{}, "context canceled"},
	} {
		if _, err := Open(test.ctx, test.path, test.o); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error is %v, want %q in it", test.name, err, test.want)
		}
	}
	if _, err := Open(t.Context(), garbage, Options{}); !errors.Is(err, gguf.ErrFormat) {
		t.Errorf("garbage: %v", err)
	}
}

func TestBadRequests(t *testing.T) {
	e := tiny(t, Options{Threads: 1})
	for _, test := range []struct {
		change func(*llm.Request)
		want   string
	}{
		{func(r *llm.Request) { r.MaxTokens = -1 }, "-1 tokens"},
		{func(r *llm.Request) { r.Format = "none" }, `"none"`},
		{func(r *llm.Request) { r.Stop = []string{""} }, "a stop string of 0 bytes"},
		{func(r *llm.Request) { r.Messages = nil }, "no messages"},
		{func(r *llm.Request) { p := 2.0; r.Sampling = &llm.Sampling{TopP: &p} }, "top_p is 2"},
		{func(r *llm.Request) { r.Choice = &llm.Choice{NoText: true} }, "neither words nor any"},
		{func(r *llm.Request) { r.Schema = []byte(`{"type":"nothing"}`) }, "nothing"},
	} {
		r := ask("x")
		test.change(r)
		if _, err := answerTo(context.Background(), e, r); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("error is %v, want %q in it", err, test.want)
		}
	}
}
