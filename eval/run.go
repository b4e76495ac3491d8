// Package eval asks a model the questions of a benchmark and counts what it gets right.
//
// A benchmark is a package below this one that turns its data into Cases. Run works
// through them and writes a line of JSON for each as it comes, so that a run that was broken off
// can go on; Summarize, Markdown and Chart say what came of it.
package eval

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/qwen-agent/qwen-agent/llm"
)

// Case is one question.
type Case struct {
	ID    string // unique in its benchmark
	Group string // what results are summed by, such as a category

	// Run asks the model and judges what it says. Run of this package fills in ID, Group
	// and Seconds. An error is one of the model or the machine, not a wrong answer.
	Run func(ctx context.Context, m llm.Model) (Result, error)
}

// Result is what a model made of one question.
type Result struct {
	ID    string `json:"id"`
	Group string `json:"group,omitempty"`
	OK    bool   `json:"ok"`
	Got   any    `json:"got"`  // what was judged
	Want  any    `json:"want"` // what counts as right
	Why   string `json:"why,omitempty"`
	Raw   string `json:"raw,omitempty"` // as the model wrote it

	// Scores are further measures by name, from 0 to 1 unless the benchmark says otherwise.
	Scores map[string]float64 `json:"scores,omitempty"`
	Weight float64            `json:"weight,omitempty"` // of the scores in their mean; 0 is 1

	Prompt    int     `json:"prompt_tokens"`
	Generated int     `json:"generated_tokens"`
	Seconds   float64 `json:"seconds"`
	Error     string  `json:"error,omitempty"` // why there is no answer
}

// Count adds the tokens of an answer.
func (r *Result) Count(u llm.Usage) {
	r.Prompt += u.Prompt
	r.Generated += u.Generated
}

// Options says how cases are run. The zero value runs one after the other and keeps nothing.
type Options struct {
	Parallel int            // how many at once; 0 is 1
	Results  *Results       // gets a line for each; those that it has are not run again. May be nil
	Progress func(Progress) // is told of each when it is done, one at a time. May be nil
}

// Progress is how far a run is.
type Progress struct {
	Done, Right, Total int
	Began              int           // of Done, how many there were before this run
	Elapsed            time.Duration // of this run
	Last               *Result       // nil at the start
}

// Left estimates the time to the end, and is 0 while nothing is known.
func (p Progress) Left() time.Duration {
	fresh := p.Done - p.Began
	if fresh == 0 {
		return 0
	}
	return time.Duration(float64(p.Elapsed) / float64(fresh) * float64(p.Total-p.Done))
}

// mostErrors in a row end a run: then it is not the questions.
const mostErrors = 3

// Run runs cases and returns their results in the order of cases. A case whose question cannot
// be answered, such as one that is longer than the model's context, counts as wrong. Where none can,
// or several in a row cannot, Run ends with the error. When ctx ends, or after an error, it
// returns the results that there are.
func Run(ctx context.Context, m llm.Model, cases []Case, o Options) ([]Result, error) {
	seen := make(map[string]bool, len(cases))
	for _, c := range cases {
		if seen[c.ID] {
			return nil, fmt.Errorf("eval: two cases are called %q", c.ID)
		}
		seen[c.ID] = true
	}
	r := runner{options: o, results: make([]*Result, len(cases)), start: time.Now()}
	r.progress.Total = len(cases)
	for i, c := range cases {
		if o.Results == nil {
			break
		}
		if done, ok := o.Results.Done(c.ID); ok {
			r.results[i] = &done
			r.progress.Done++
			if done.OK {
				r.progress.Right++
			}
		}
	}
	r.progress.Began = r.progress.Done
	r.tell(nil)
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(max(1, o.Parallel))
	for i, c := range cases {
		if r.results[i] != nil {
			continue
		}
		if inner.Err() != nil {
			break
		}
		group.Go(func() error { return r.run(inner, m, i, c) })
	}
	err := group.Wait()
	if err == nil && slices.Contains(r.results, nil) {
		err = ctx.Err()
	}
	if err == nil && len(r.errors) == len(cases) && len(cases) > 0 {
		err = fmt.Errorf("case %s: %s", cases[0].ID, r.results[0].Error)
	}
	if err == nil {
		err = r.flush()
	}
	return r.got(), err
}

type runner struct {
	options Options
	start   time.Time

	mu       sync.Mutex
	results  []*Result // nil where there is none yet
	errors   []int     // the results of the last errors in a row, which are not written yet
	progress Progress
}

func (r *runner) run(ctx context.Context, m llm.Model, i int, c Case) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	start := time.Now()
	result, err := c.Run(ctx, m)
	if cerr := ctx.Err(); cerr != nil {
		return cerr // what it says may be about that
	}
	if err != nil {
		result.OK, result.Why, result.Error = false, "no answer", err.Error()
	}
	result.ID, result.Group, result.Seconds = c.ID, c.Group, time.Since(start).Seconds()

	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		if r.errors = append(r.errors, i); len(r.errors) == mostErrors {
			return fmt.Errorf("case %s, the third in a row without an answer: %w", c.ID, err)
		}
		r.results[i] = &result
	} else {
		r.results[i] = &result
		if err := r.flush(); err != nil {
			return err
		}
		if err := r.write(&result); err != nil {
			return err
		}
	}
	r.progress.Done++
	if result.OK {
		r.progress.Right++
	}
	r.tell(&result)
	return nil
}

// flush writes the errors that were kept back.
func (r *runner) flush() error {
	for _, i := range r.errors {
		if err := r.write(r.results[i]); err != nil {
			return err
		}
	}
	r.errors = nil
	return nil
}

func (r *runner) write(result *Result) error {
	if r.options.Results == nil {
		return nil
	}
	return r.options.Results.Append(*result)
}

func (r *runner) tell(last *Result) {
	if r.options.Progress != nil {
		p := r.progress
		p.Last, p.Elapsed = last, time.Since(r.start)
		r.options.Progress(p)
	}
}

// got returns the results that there are. Errors at the end, that no answer came after, are
// none: they are tried again.
func (r *runner) got() []Result {
	list := make([]Result, 0, len(r.results))
	for i, p := range r.results {
		if p != nil && !slices.Contains(r.errors, i) {
			list = append(list, *p)
		}
	}
	return list
}
