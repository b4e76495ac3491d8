package engine

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/qwen-agent/qwen-agent/kernels"
	"github.com/qwen-agent/qwen-agent/llm/kv"
)

// Sequence is a run of tokens whose keys and values are in the cache: what a request
// consists of, and what measures the model below the level of text. It is used by one
// goroutine at a time.
type Sequence struct {
	engine *Engine
	kv     *kv.Sequence // the scheduler's, except where it holds a job of ours
	limit  int
	length int
	cached int
	closed atomic.Bool
	wrote  time.Time // when it last had logits to choose a token from; the scheduler's
	job    job       // the last, whose memory the next one uses again
	failed error     // what it came to, if not to logits
	seen   tokenSet  // the memory of Choose
	one    [1][]float32
}

// Begin opens a sequence that starts with prompt and has at most limit tokens. As much of
// the prompt as earlier sequences left in the cache is there already: Append goes on with
// prompt[Len():]. If the cache is full, Begin waits for others to close.
func (e *Engine) Begin(ctx context.Context, prompt []int32, limit int) (*Sequence, error) {
	if len(prompt) == 0 {
		return nil, fmt.Errorf("engine: a sequence begins with an empty prompt")
	}
	return e.begin(ctx, prompt, limit)
}

// BeginPrivate opens a sequence that neither uses nor leaves anything in the cache.
func (e *Engine) BeginPrivate(ctx context.Context, limit int) (*Sequence, error) {
	return e.begin(ctx, nil, limit)
}

func (e *Engine) begin(ctx context.Context, prompt []int32, limit int) (*Sequence, error) {
	if limit < max(1, len(prompt)) || limit > e.options.Context {
		return nil, fmt.Errorf("engine: a sequence of %d tokens, want %d to the context of %d", limit, max(1, len(prompt)), e.options.Context)
	}
	if err := e.checkTokens(prompt); err != nil {
		return nil, err
	}
	o := &opening{ctx: ctx, prompt: prompt, limit: limit, result: make(chan opened, 1)}
	if !e.scheduler.add(func() { e.scheduler.openings = append(e.scheduler.openings, o) }) {
		return nil, ErrClosed
	}
	var r opened
	select {
	case r = <-o.result:
	case <-ctx.Done():
		e.scheduler.add(func() {
			select {
			case late := <-o.result: // opened a moment ago
				if late.kv != nil {
					e.scheduler.closings = append(e.scheduler.closings, late.kv)
				}
			default: // dropped before it is opened
			}
		})
		return nil, ctx.Err()
	}
	if r.err != nil {
		return nil, r.err
	}
	s := &Sequence{engine: e, kv: r.kv, limit: limit, length: r.kv.Len(), cached: r.kv.Cached()}
	s.job = job{seq: s, result: make(chan error, 1)}
	return s, nil
}

func (e *Engine) checkTokens(ids []int32) error {
	for i, id := range ids {
		if id < 0 || int(id) >= e.vocabulary {
			return fmt.Errorf("engine: token %d is %d, want one of %d", i, id, e.vocabulary)
		}
	}
	return nil
}

// Len returns how many tokens the sequence has.
func (s *Sequence) Len() int { return s.length }

// Cached returns how many of them it found in the cache when it began.
func (s *Sequence) Cached() int { return s.cached }

// Append computes the next tokens. Each of logits, rows of Vocabulary() numbers, gets the
// logits after one of the last len(logits) tokens, in order. When ctx ends Append returns
// at once; logits may still be written to. After an error the sequence can only be closed.
func (s *Sequence) Append(ctx context.Context, ids []int32, logits ...[]float32) error {
	return s.append(ctx, ids, 0, logits, want{})
}

// append is Append for ids of which the last so many are guesses, which truncate can take
// back until the next call, and for logits of which not all may be wanted.
func (s *Sequence) append(ctx context.Context, ids []int32, guesses int, logits [][]float32, w want) error {
	switch {
	case s.closed.Load():
		return fmt.Errorf("engine: tokens for a closed sequence")
	case s.failed != nil: // its job may still be the scheduler's
		return s.failed
	case len(ids) == 0 || len(logits) > len(ids):
		return fmt.Errorf("engine: %d tokens with %d logits, want at least one token for each", len(ids), len(logits))
	case s.length+len(ids) > s.limit:
		return fmt.Errorf("engine: %d tokens after %d, want at most %d in all", len(ids), s.length, s.limit)
	}
	for _, l := range logits {
		if len(l) != s.engine.vocabulary {
			return fmt.Errorf("engine: room for %d logits, want %d", len(l), s.engine.vocabulary)
		}
	}
	if err := s.engine.checkTokens(ids); err != nil {
		return err
	}
	j := &s.job
	j.ctx, j.guesses, j.done, j.came, j.want = ctx, guesses, 0, time.Now(), w
	j.ids, j.logits = append(j.ids[:0], ids...), append(j.logits[:0], logits...)
	if !s.engine.scheduler.add(func() { s.engine.scheduler.jobs = append(s.engine.scheduler.jobs, j) }) {
		return ErrClosed
	}
	select {
	case err := <-j.result:
		if errors.Is(err, kernels.ErrFault) {
			err = fmt.Errorf("engine: %s: %w", s.engine.path, err)
		}
		if err != nil {
			s.failed = err
			return err
		}
		s.length += len(ids)
		return nil
	case <-ctx.Done():
		s.engine.scheduler.add(func() {}) // so that it is dropped
		s.failed = ctx.Err()
		return s.failed
	}
}

// truncate takes back the guesses after the first length tokens.
func (s *Sequence) truncate(length int) {
	s.engine.scheduler.mu.Lock()
	s.kv.Truncate(length) // no job of ours is under way
	s.engine.scheduler.mu.Unlock()
	s.length = length
}

// Close gives the sequence's part of the cache back, where later sequences find it.
func (s *Sequence) Close() {
	if s.closed.CompareAndSwap(false, true) {
		s.engine.scheduler.add(func() { s.engine.scheduler.closings = append(s.engine.scheduler.closings, s.kv) })
	}
}
