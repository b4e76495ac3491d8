package speed

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/qwen-agent/qwen-agent/kernels"
	"github.com/qwen-agent/qwen-agent/llm/engine"
	"github.com/qwen-agent/qwen-agent/llm/sample"
)

// Profile says what the time of a job went to.
type Profile struct {
	Job     Job
	Threads int
	Tokens  int           // read, or written
	Wall    time.Duration // of the job
	Parts   []Part        // in the order in which they come up first
}

// Part is a kind of step. Its time is that of the whole program: no two parts overlap.
type Part struct {
	Name   string
	Count  int
	Wall   time.Duration
	Busy   time.Duration // what the workers computed, together
	Bytes  int64         // of weights or of the cache that were read
	Ops    int64         // operations of products
	Shared bool          // over the workers
}

// ProfileJobs are those that a profile is made of.
var ProfileJobs = []Job{{Name: "pp512", Prompt: 512}, {Name: "tg64", Write: 64}, {Name: "tg64@4096", Prompt: 4096, Write: 64}}

// Recorder adds up what an engine is told to let it know: give its Observe to engine.Options.
type Recorder struct {
	on    atomic.Bool
	parts []Part
	vocab int // rows of the output layer
}

// Observe takes in one step.
func (r *Recorder) Observe(w kernels.Work) {
	if r.on.Load() {
		r.add(Part{Name: r.name(w), Count: 1, Wall: w.Wall, Busy: w.Busy, Bytes: w.Bytes, Ops: w.Ops, Shared: true})
	}
}

func (r *Recorder) add(p Part) {
	for i := range r.parts {
		if q := &r.parts[i]; q.Name == p.Name {
			q.Count += p.Count
			q.Wall += p.Wall
			q.Busy += p.Busy
			q.Bytes += p.Bytes
			q.Ops += p.Ops
			return
		}
	}
	r.parts = append(r.parts, p)
}

// name is what a step is called; products are told apart by their shape, as "896 → 4864 + 4864".
func (r *Recorder) name(w kernels.Work) string {
	if len(w.Outputs) == 0 {
		if w.Name == "" {
			return "other steps"
		}
		return w.Name
	}
	var rows []string
	for _, o := range w.Outputs {
		rows = append(rows, fmt.Sprint(o.Weight.Rows()))
	}
	name := fmt.Sprintf("%s, %d → %s", w.Name, w.Outputs[0].Weight.Cols(), strings.Join(rows, " + "))
	if len(rows) == 1 && w.Outputs[0].Weight.Rows() == r.vocab {
		name += " (output layer)"
	}
	return name
}

// Profile runs a job once to warm up and once to look on. A job that writes chooses its tokens,
// greedily. The engine must have been opened with r.Observe.
func (r *Recorder) Profile(ctx context.Context, e *engine.Engine, j Job) (*Profile, error) {
	r.vocab = e.Vocabulary()
	if _, err := once(ctx, e, Job{Prompt: 64, Write: 2}); err != nil { // weights are packed by it
		return nil, err
	}
	seq, err := e.BeginPrivate(ctx, j.Prompt+j.Write+1)
	if err != nil {
		return nil, err
	}
	defer seq.Close()
	logits := make([]float32, e.Vocabulary())
	prompt := tokens(max(j.Prompt, 1), 1, e.Vocabulary())
	p := &Profile{Job: j, Threads: e.Options().Threads, Tokens: j.Prompt}
	read := func() error { return seq.Append(ctx, prompt, logits) }
	if j.Write == 0 {
		return p, r.watch(p, read)
	}
	if err := read(); err != nil {
		return nil, err
	}
	p.Tokens = j.Write
	sampler := sample.New(sample.Options{})
	history := prompt
	return p, r.watch(p, func() error {
		for range j.Write {
			start := time.Now()
			id, err := sampler.Sample(logits, history, nil, nil)
			if err != nil {
				return err
			}
			took := time.Since(start)
			r.add(Part{Name: "sampling", Count: 1, Wall: took, Busy: took})
			history = append(history, id)
			if err := seq.Append(ctx, history[len(history)-1:], logits); err != nil {
				return err
			}
		}
		return nil
	})
}

// watch fills in p with what do takes; the time that no part took lies between them.
func (r *Recorder) watch(p *Profile, do func() error) error {
	r.parts = nil
	r.on.Store(true)
	start := time.Now()
	err := do()
	p.Wall = time.Since(start)
	r.on.Store(false)
	rest := p.Wall
	for _, part := range r.parts {
		rest -= part.Wall
	}
	r.add(Part{Name: "between the steps", Count: p.Tokens, Wall: rest, Busy: rest})
	p.Parts = r.parts
	return err
}
