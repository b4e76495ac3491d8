package engine

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/qwen-agent/qwen-agent/llm/kv"
	"github.com/qwen-agent/qwen-agent/llm/qwen"
)

const (
	// A job of at most this many tokens is somebody who is writing an answer, and goes into
	// the next pass with all others of its kind.
	fewTokens = 16

	// gather is how long the sequences of the last pass are waited for at least, so that they
	// stay together.
	gather = 2 * time.Millisecond
)

// scheduler is the one that uses the model. Its goroutine takes the jobs of all sequences
// and computes as much of them in one pass as fits; who waits for a job that is given up
// need not wait for the pass.
type scheduler struct {
	model qwen.Model
	rows  int // of the largest batch

	mu       sync.Mutex // guards what follows
	openings []*opening // in the order in which they came
	jobs     []*job     // the same
	closings []*kv.Sequence
	repeats  []*repeat
	calls    []call
	pool     *kv.Pool
	closed   bool

	wake chan struct{} // something was added above
	done chan struct{} // the goroutine has ended

	alive context.Context // until close
	kill  func()

	together []*Sequence   // the sequences of the last pass that wrote answers
	writing  []*Sequence   // those that wrote lately
	took     time.Duration // the last pass
	pace     pace
	leftOut  bool // prompts were left out of the last pass for the sake of answers

	// The memory of a pass, which the next one uses again.
	shares []share
	batch  qwen.Batch
	timer  *time.Timer // of gather
}

// opening is a request for a sequence.
type opening struct {
	ctx    context.Context
	prompt []int32
	limit  int
	result chan opened // has room for one
}

type opened struct {
	kv  *kv.Sequence
	err error
}

// job is the next tokens of a sequence.
type job struct {
	ctx     context.Context
	seq     *Sequence
	ids     []int32
	guesses int         // how many of the last ids are
	logits  [][]float32 // of the last len(logits) of ids
	want    want        // what of them
	floors  []float32   // what the logits that are left out are below
	hidden  [][]float32 // what logits of which some are left out are computed from
	done    int         // of ids
	came    time.Time
	result  chan error // has room for one
}

func newScheduler(model qwen.Model, pool *kv.Pool, rows int) *scheduler {
	s := &scheduler{model: model, rows: rows, pool: pool, timer: time.NewTimer(gather), wake: make(chan struct{}, 1), done: make(chan struct{})}
	s.alive, s.kill = context.WithCancel(context.Background())
	go s.run()
	return s
}

// add changes what the goroutine looks at and wakes it. It says whether there is one.
func (s *scheduler) add(change func()) bool {
	s.mu.Lock()
	open := !s.closed
	if open {
		change()
	}
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
	return open
}

// close ends everything with ErrClosed.
func (s *scheduler) close() {
	s.add(func() { s.closed = true })
	s.kill()
	<-s.done
}

func (s *scheduler) run() {
	defer close(s.done)
	for warming := true; ; {
		s.mu.Lock()
		if s.closed {
			for _, o := range s.openings {
				o.result <- opened{err: ErrClosed}
			}
			for _, j := range s.jobs {
				j.result <- ErrClosed
			}
			for _, r := range s.repeats {
				r.result <- ErrClosed
			}
			for _, c := range s.calls {
				c.done <- ErrClosed
			}
			s.openings, s.jobs, s.repeats, s.calls = nil, nil, nil, nil
			s.mu.Unlock()
			return
		}
		s.call()
		s.closeSequences()
		s.openSequences()
		s.dropCancelled()
		wait := s.missing()
		idle := len(s.jobs) == 0
		repeats := s.repeats
		s.repeats = nil
		s.mu.Unlock()
		for _, r := range repeats {
			r.result <- s.model.Again(r.logits, r.hidden)
		}
		switch {
		case idle && warming: // nobody waits: what the first request needs can be made ready
			warming = s.model.Warm(s.alive)
		case idle:
			<-s.wake
		case wait:
			s.gather()
			s.pass()
		default:
			s.pass()
		}
	}
}

// call is something short that is done between two passes.
type call struct {
	f    func()
	done chan error // has room for one
}

// do has the goroutine that uses the model call f, with mu held, and waits for it.
func (s *scheduler) do(f func()) error {
	c := call{f, make(chan error, 1)}
	if !s.add(func() { s.calls = append(s.calls, c) }) {
		return ErrClosed
	}
	return <-c.done
}

func (s *scheduler) call() {
	for _, c := range s.calls {
		c.f()
		c.done <- nil
	}
	s.calls = nil
}

func (s *scheduler) closeSequences() {
	for _, c := range s.closings {
		c.Close()
	}
	s.closings = nil
}

// openSequences opens in order; one that finds no room holds up those behind it, since
// they could otherwise take its place for ever.
func (s *scheduler) openSequences() {
	s.openings = slices.DeleteFunc(s.openings, func(o *opening) bool {
		err := o.ctx.Err()
		if err != nil {
			o.result <- opened{err: err}
		}
		return err != nil
	})
	for len(s.openings) > 0 {
		o := s.openings[0]
		var r opened
		if o.prompt == nil {
			r.kv, r.err = s.pool.OpenPrivate(o.limit)
		} else {
			r.kv, r.err = s.pool.Open(o.prompt, o.limit, s.model.CopyPage)
		}
		if errors.Is(r.err, kv.ErrBusy) {
			return
		}
		o.result <- r
		s.openings = s.openings[1:]
	}
}

func (s *scheduler) dropCancelled() {
	s.jobs = slices.DeleteFunc(s.jobs, func(j *job) bool {
		err := j.ctx.Err()
		if err != nil {
			j.result <- err
		}
		return err != nil
	})
}

// missing says whether a sequence that wrote along in the last pass is not there yet, while
// there is something to compute.
func (s *scheduler) missing() bool {
	there := 0
	for _, seq := range s.together {
		if seq.closed.Load() || slices.ContainsFunc(s.jobs, func(j *job) bool { return j.seq == seq }) {
			there++
		}
	}
	return len(s.jobs) > 0 && there < len(s.together)
}

// writers returns how many sequences wrote along in the last pass, at least 1.
func (s *scheduler) writers() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return max(1, len(s.together))
}

// gather waits a moment for the sequences of the last pass.
func (s *scheduler) gather() {
	s.timer.Reset(s.gatherTime())
	defer s.timer.Stop()
	for {
		select {
		case <-s.wake:
			s.mu.Lock()
			missing := s.missing() && !s.closed
			s.mu.Unlock()
			if !missing {
				return
			}
		case <-s.timer.C:
			return
		}
	}
}
