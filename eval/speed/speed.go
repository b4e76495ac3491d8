// Package speed measures how fast an engine reads and writes, in the way and on the token
// streams of the script that measures llama.cpp, so that the numbers can stand side by side.
package speed

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/qwen-agent/qwen-agent/llm/engine"
)

// Job is one thing that is measured: reading a prompt, or writing after a prompt.
type Job struct {
	Name   string
	Prompt int // tokens read; the measure of a job that writes nothing
	Write  int // tokens written one by one
}

// Jobs are those that there are: pp512 reads 512 tokens; tg64@512 writes 64 after as many.
var Jobs = []Job{
	{"pp128", 128, 0}, {"pp512", 512, 0}, {"pp2048", 2048, 0},
	{"tg64", 0, 64}, {"tg64@512", 512, 64}, {"tg64@4096", 4096, 64},
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

// Measure runs a job and returns tokens a second, the median of reps runs. A long job runs
// a third as often, and without a run before that warms up.
func Measure(ctx context.Context, e *engine.Engine, j Job, reps int) (float64, error) {
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

// once runs a job in a sequence of its own.
func once(ctx context.Context, e *engine.Engine, j Job) (rate float64, err error) {
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
	for _, id := range tokens(j.Write, 7, e.Vocabulary()) {
		if err := seq.Append(ctx, []int32{id}, logits); err != nil {
			return 0, err
		}
	}
	return float64(j.Write) / time.Since(start).Seconds(), nil
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
