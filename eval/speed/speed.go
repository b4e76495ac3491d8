// Package speed measures how fast an engine reads and writes, in the way and on the token
// streams of the script that measures llama.cpp, so that the numbers can stand side by side.
package speed

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/engine"
)

// Job is one thing that is measured: reading a prompt, or writing after a prompt.
type Job struct {
	Name   string
	Prompt int // tokens read; the measure of a job that writes nothing
	Write  int // tokens written one by one

	Sequences int  // how many do so at once; 0 is one
	Gap       bool // the prompt is read while another sequence writes, after Write tokens of its own
	First     bool // a request is answered with one token
}

// Unit is what Measure counts in.
func (j Job) Unit() string {
	switch {
	case j.Gap:
		return "ms"
	case j.First:
		return "s"
	}
	return "tokens/s"
}

// Jobs are those that there are: pp512 reads 512 tokens; tg64@512 writes 64 after as many; batch8 writes 64 in each
// of eight sequences at once, and counts the tokens of all; gap_ms is the longest time that an answer waits for its
// next token while a prompt of 4096 tokens is read; first_s is the time to the first token of the answer to a short
// question, to which a program adds that of opening the model: it comes before the others, which leave the model warm.
var Jobs = []Job{
	{Name: "first_s", First: true},
	{Name: "pp128", Prompt: 128}, {Name: "pp512", Prompt: 512}, {Name: "pp2048", Prompt: 2048},
	{Name: "tg64", Write: 64}, {Name: "tg64@512", Prompt: 512, Write: 64}, {Name: "tg64@4096", Prompt: 4096, Write: 64},
	{Name: "batch8", Write: 64, Sequences: 8}, {Name: "gap_ms", Prompt: 4096, Write: 8, Gap: true},
}

// Context is how many tokens the longest job needs.
const Context = 4096 + 64

// Select returns the jobs of the given names, in the order of Jobs; no names are all.
func Select(names []string) ([]Job, error) {
	if len(names) == 0 {
		return Jobs, nil
	}
	var out []Job
	for _, j := range Jobs {
		if slices.Contains(names, j.Name) {
			out = append(out, j)
		}
	}
	for _, n := range names {
		if !slices.ContainsFunc(Jobs, func(j Job) bool { return j.Name == n }) {
			var all []string
			for _, j := range Jobs {
				all = append(all, j.Name)
			}
			return nil, fmt.Errorf("speed: no measurement is called %q, only %s", n, strings.Join(all, ", "))
		}
	}
	return out, nil
}

// Measure runs a job and returns its rate, or the longest wait of a job that is about one: the median of reps runs.
// A long job runs a third as often, and without a run before that warms up; that about the first token runs once.
func Measure(ctx context.Context, e *engine.Engine, j Job, reps int) (float64, error) {
	if j.First {
		return first(ctx, e)
	}
	if j.Prompt >= 2048 {
		reps = max(1, reps/3)
	} else if _, err := once(ctx, e, j); err != nil {
		return 0, err
	}
	var runs []float64
	for range reps {
		rate, err := once(ctx, e, j)
		if err != nil {
			return 0, err
		}
		runs = append(runs, rate)
	}
	return Median(runs), nil
}

// once runs a job in sequences of its own.
func once(ctx context.Context, e *engine.Engine, j Job) (rate float64, err error) {
	switch {
	case j.Gap:
		return gap(ctx, e, j)
	case j.Sequences > 1:
		return severalWrite(ctx, e, j)
	}
	seq, err := e.BeginPrivate(ctx, j.Prompt+j.Write)
	if err != nil {
		return 0, err
	}
	defer seq.Close()
	logits := make([]float32, e.Vocabulary())
	start := time.Now()
	if j.Prompt > 0 {
		if err := seq.Append(ctx, tokens(j.Prompt, 1, e.Vocabulary()), logits); err != nil {
			return 0, err
		}
	}
	if j.Write == 0 {
		return float64(j.Prompt) / time.Since(start).Seconds(), nil
	}
	start = time.Now()
	if err := write(ctx, e, seq, tokens(j.Write, 7, e.Vocabulary()), nil); err != nil {
		return 0, err
	}
	return float64(j.Write) / time.Since(start).Seconds(), nil
}

// first asks a short question and returns the seconds to the first token of the answer.
func first(ctx context.Context, e *engine.Engine) (float64, error) {
	start := time.Now()
	r := &llm.Request{Messages: []llm.Message{{Role: llm.User, Text: "Say hello."}}, MaxTokens: 1}
	for _, err := range e.Generate(ctx, r) {
		if err != nil {
			return 0, err
		}
	}
	return time.Since(start).Seconds(), nil
}

// tokens returns n token ids of a linear congruential generator, below 100,000 or the
// size of a smaller vocabulary.
func tokens(n int, seed uint64, vocabulary int) []int32 {
	out := make([]int32, n)
	for i := range out {
		seed = (seed*1103515245 + 12345) & 0x7fffffff
		out[i] = int32(seed % uint64(min(100000, vocabulary)))
	}
	return out
}

// Median returns the middle of some numbers, of which there is at least one.
func Median(x []float64) float64 {
	s := slices.Sorted(slices.Values(x))
	if n := len(s); n%2 == 0 {
		return (s[n/2-1] + s[n/2]) / 2
	}
	return s[len(s)/2]
}
