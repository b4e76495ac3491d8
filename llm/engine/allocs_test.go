package engine

import (
	"runtime/metrics"
	"testing"

	"github.com/qwen-agent/qwen-agent/llm/sample"
)

// TestSteadyStep decodes token after token: the pass, the choice of a token, and the way
// through the scheduler allocate nothing and start no goroutine. The steps stay within a page
// of the cache: what a further page is remembered by is allocated once for its tokens.
func TestSteadyStep(t *testing.T) {
	if raceDetector {
		t.Skip("with the race detector a sync.Pool forgets some of what it is given")
	}
	e := tiny(t, Options{Threads: 2})
	for _, test := range []struct {
		name string
		o    sample.Options
	}{
		{"greedy", sample.Options{}},
		{"sampled", sample.Options{Temperature: 0.8, TopK: 20, TopP: 0.9, Repetition: 1.05, Seed: 1}},
	} {
		t.Run(test.name, func(t *testing.T) {
			const first, steps = 3, 40
			seq, err := e.BeginPrivate(t.Context(), first+2*steps)
			if err != nil {
				t.Fatal(err)
			}
			defer seq.Close()
			tokens := make([]int32, first, first+2*steps)
			logits := make([]float32, e.Vocabulary())
			if err := seq.Append(t.Context(), tokens, logits); err != nil {
				t.Fatal(err)
			}
			sampler := sample.New(test.o)
			step := func() {
				id, err := sampler.Sample(logits, tokens, nil, nil)
				if err == nil {
					tokens = append(tokens, id)
					err = seq.Append(t.Context(), tokens[len(tokens)-1:], logits)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			for range 5 { // buffers grow to their sizes
				step()
			}
			before := started()
			if n := testing.AllocsPerRun(steps, step); n != 0 {
				t.Errorf("%v allocations a token, want none", n)
			}
			if n := started() - before; n >= steps/2 { // the runtime may start some of its own
				t.Errorf("%d goroutines started in %d tokens, want none", n, steps)
			}
		})
	}
}

// started returns how many goroutines the process has started.
func started() uint64 {
	s := []metrics.Sample{{Name: "/sched/goroutines-created:goroutines"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}
