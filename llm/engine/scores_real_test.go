package engine

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/internal/testmodel"
	"github.com/qwen-agent/qwen-agent/kernels"
	"github.com/qwen-agent/qwen-agent/kernels/cpu"
	"github.com/qwen-agent/qwen-agent/kernels/quant"
	"github.com/qwen-agent/qwen-agent/llm/gguf"
	"github.com/qwen-agent/qwen-agent/llm/qwen"
	"github.com/qwen-agent/qwen-agent/llm/sample"
)

// TestGreatestReal writes texts with real weights, several at once, and computes every step twice: once as
// far as choices depend on it, once in full. The logits that are there must have the same bits, those that
// are left out must be less than the floor, and the choices, greedy for one half of the texts and sampled
// for the other, must be the same. QWEN_AGENT_TOKENS is how many tokens are written, 640 if it is not set,
// and QWEN_AGENT_MODEL the model.
func TestGreatestReal(t *testing.T) {
	name, tokens := testmodel.Name, 640
	if s := os.Getenv("QWEN_AGENT_MODEL"); s != "" {
		name = s
	}
	if s := os.Getenv("QWEN_AGENT_TOKENS"); s != "" {
		var err error
		if tokens, err = strconv.Atoi(s); err != nil {
			t.Fatalf("QWEN_AGENT_TOKENS: %v", err)
		}
	}
	e := openAt(t, testmodel.PathOf(t, name), Options{}) // for its tokenizer
	f, err := gguf.Open(e.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	device := cpu.New(e.Options().Threads)
	defer device.Close()
	device.Release = f.Release
	const texts, length, pageTokens = 16, 256, 64
	m, err := qwen.Open(f, device, qwen.Limits{Positions: length, KV: quant.F16, Pages: texts * length / pageTokens, PageTokens: pageTokens, Batch: texts * length, Logits: texts})
	if err != nil {
		t.Fatal(err)
	}
	c := &twice{t: t, m: m, prompts: prompts(t, e)}
	for i := range texts {
		w := &text{options: sample.Options{}}
		if i%2 == 1 {
			w.options = sample.Options{Temperature: 0.7, TopK: 20, TopP: 0.8, Repetition: 1.05, Seed: uint64(i)}
		}
		for p := range length / pageTokens {
			w.pages = append(w.pages, int32(i*length/pageTokens+p))
		}
		c.texts = append(c.texts, w)
	}
	for c.written < tokens {
		c.step(length)
	}
	slices.Sort(c.greedy)
	slices.Sort(c.sampled)
	t.Logf("%s: %d tokens, the same choices; of %d logits greedy needs %v on average, %d in the middle, %d of 99 in 100, and all %d times; sampled %v, %d, %d, and all %d times",
		name, c.written, m.Config().Vocabulary, average(c.greedy), c.greedy[len(c.greedy)/2], c.greedy[len(c.greedy)*99/100], c.again[0],
		average(c.sampled), c.sampled[len(c.sampled)/2], c.sampled[len(c.sampled)*99/100], c.again[1])
}

func average(x []int) float64 {
	sum := 0
	for _, v := range x {
		sum += v
	}
	return math.Round(float64(sum) / float64(len(x)))
}

// prompts returns texts of several kinds, and those of shared data if there are any.
func prompts(t *testing.T, e *Engine) (out [][]int32) {
	texts := []string{
		"def fibonacci(n):\n", "Once upon a time", "The capital of France is", "请介绍一下北京。", "func reverse(s []int) []int {\n",
		"{\"name\": \"", "SELECT name FROM", "Dear Sir or Madam,", "1, 2, 3, 5, 8,", "#include <stdio.h>\nint main", "Q: What is 17 * 23?\nA:",
	}
	if dir := os.Getenv("QWEN_AGENT_DATA"); dir != "" {
		for _, name := range []string{"humaneval/go.jsonl", "humaneval/python.jsonl", "tooltune/glaive_zh.json", "tooltune/glaive_en.json", "bfcl/multiple.jsonl"} {
			data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
			if err != nil {
				t.Fatal(err)
			}
			for i := range 25 { // pieces from all over the file
				at := len(data) / 25 * i
				texts = append(texts, strings.ToValidUTF8(string(data[at:at+200]), ""))
			}
		}
	}
	for _, s := range texts {
		out = append(out, e.Tokenizer().Encode(nil, s))
	}
	return out
}

// text is one of the texts that are written.
type text struct {
	options sample.Options
	sampler *sample.Sampler
	plain   *sample.Sampler // of the same seed, for all logits
	seen    tokenSet
	pages   []int32
	tokens  []int32
	known   int // how many of them the cache has
}

type twice struct {
	t       *testing.T
	m       qwen.Model
	prompts [][]int32
	next    int // prompt
	texts   []*text
	written int

	greedy, sampled []int // logits computed
	again           [2]int
}

// step writes a token of each text.
func (c *twice) step(length int) {
	b := &qwen.Batch{Scores: qwen.Greatest}
	for _, w := range c.texts {
		if w.tokens == nil || len(w.tokens) >= min(length, 150) {
			w.tokens = append([]int32(nil), c.prompts[c.next%len(c.prompts)]...)
			w.tokens = w.tokens[:min(len(w.tokens), 100)]
			w.options.Seed += 16
			w.known, w.seen, w.sampler, w.plain = 0, tokenSet{}, sample.New(w.options), sample.New(w.options)
			c.next++
		}
		row, n := len(b.IDs), len(w.tokens)-w.known
		b.IDs = append(b.IDs, w.tokens[w.known:]...)
		b.Spans = append(b.Spans, kernels.Span{Row: row, Len: n, Pos: w.known, Pages: w.pages})
		b.Logits = append(b.Logits, int32(row+n-1))
	}
	forward := func(s qwen.Scores) {
		b.Scores = s
		if err := c.m.Forward(c.t.Context(), b); err != nil {
			c.t.Fatal(err)
		}
	}
	v := c.m.Config().Vocabulary
	floors, rows, all := make([]float32, len(c.texts)), make([][]float32, len(c.texts)), make([]float32, v)
	forward(qwen.Greatest)
	for i, w := range c.texts {
		rows[i] = make([]float32, v)
		want := wanted(w.sampler, &w.seen, w.tokens, nil)
		var err error
		if floors[i], err = c.m.Greatest(rows[i], i, want.k, want.ids); err != nil {
			c.t.Fatal(err)
		}
	}
	forward(qwen.All)
	for i, w := range c.texts {
		if err := c.m.Logits(all, i); err != nil {
			c.t.Fatal(err)
		}
		computed := 0
		for id, x := range rows[i] {
			switch {
			case x == all[id]:
				computed++
			case x != none || !(all[id] < floors[i]):
				c.t.Fatalf("after %d tokens: logit %d is %v, want %v; the floor is %v", c.written, id, x, all[id], floors[i])
			}
		}
		full := slices.Clone(all)
		want, err := w.plain.Sample(full, w.tokens, nil, nil)
		if err != nil {
			c.t.Fatal(err)
		}
		id, ok, err := w.sampler.SampleAbove(floors[i], rows[i], w.tokens, nil, nil)
		if err == nil && !ok {
			c.again[i%2]++
			id, err = w.sampler.Sample(all, w.tokens, nil, nil)
		}
		if err != nil || id != want {
			c.t.Fatalf("after %d tokens: chose %d, from all logits %d (%v)", c.written, id, want, err)
		}
		if floors[i] > none && i%2 == 0 {
			c.greedy = append(c.greedy, computed)
		} else if floors[i] > none {
			c.sampled = append(c.sampled, computed)
		}
		w.known = len(w.tokens)
		w.tokens = append(w.tokens, want)
		c.written++
	}
}
