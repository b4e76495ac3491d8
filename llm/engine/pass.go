package engine

import (
	"context"
	"slices"
	"sync/atomic"

	"github.com/qwen-agent/qwen-agent/kernels"
	"github.com/qwen-agent/qwen-agent/llm/qwen"
)

// share is the part of a job that is in a pass.
type share struct {
	*job
	n      int // tokens
	logits int // how many of them have their logits wanted
}

// pick chooses what the next pass computes: the tokens of all answers, then of the
// prompts, in the order of the jobs.
func (s *scheduler) pick() (shares []share) {
	room, logits := s.batch, logitsRows
	take := func(j *job, most int) {
		n := min(len(j.ids)-j.done, most, room)
		wanted := j.wanted(n)
		if wanted > logits { // stop before the first of those that have to wait
			n -= wanted - logits
			wanted = logits
		}
		if n > 0 {
			shares = append(shares, share{j, n, wanted})
			room, logits = room-n, logits-wanted
		}
	}
	few := func(j *job) bool { return len(j.ids) <= fewTokens }
	for _, j := range s.jobs {
		if few(j) {
			take(j, fewTokens)
		}
	}
	if len(shares) > 0 {
		room = min(room, beside)
	}
	for _, j := range s.jobs {
		if !few(j) {
			take(j, room)
		}
	}
	return shares
}

// wanted returns how many of the next n tokens of j have their logits wanted.
func (j *job) wanted(n int) int {
	first := len(j.ids) - len(j.logits)
	return max(0, j.done+n-max(first, j.done))
}

// pass computes the next tokens of some jobs.
func (s *scheduler) pass() {
	s.mu.Lock()
	shares := s.pick()
	batch := &qwen.Batch{}
	for _, p := range shares {
		p.seq.kv.Grow(p.n)
		row := len(batch.IDs)
		batch.IDs = append(batch.IDs, p.ids[p.done:p.done+p.n]...)
		batch.Spans = append(batch.Spans, kernels.Span{Row: row, Len: p.n, Pos: p.seq.kv.Len(), Pages: p.seq.kv.Pages()})
		for i := p.n - p.logits; i < p.n; i++ {
			batch.Logits = append(batch.Logits, int32(row+i))
		}
	}
	s.mu.Unlock()
	if len(shares) == 0 {
		return
	}

	ctx, stop := s.allOf(shares)
	err := s.model.Forward(ctx, batch)
	if err != nil && ctx.Err() != nil {
		err = nil // nobody waits any more; dropCancelled tells them
		shares = nil
	}
	stop()

	row := 0
	for _, p := range shares {
		for i := range p.logits {
			if err == nil {
				first := p.done + p.n - p.logits - (len(p.ids) - len(p.job.logits))
				err = s.model.Logits(p.job.logits[first+i], row)
			}
			row++
		}
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	s.together = s.together[:0]
	for _, p := range shares {
		if err == nil {
			ids := p.ids[p.done : p.done+p.n]
			sure := max(0, min(p.n, len(p.ids)-p.guesses-p.done))
			if sure > 0 {
				p.seq.kv.Commit(ids[:sure])
			}
			p.seq.kv.Guess(ids[sure:])
			p.done += p.n
		}
		if len(p.ids) <= fewTokens {
			s.together = append(s.together, p.seq)
		}
		if err != nil || p.done == len(p.ids) {
			s.jobs = slices.DeleteFunc(s.jobs, func(j *job) bool { return j == p.job })
			p.result <- err
		}
	}
}

// allOf returns a context that ends when nobody waits for any of the shares any more.
func (s *scheduler) allOf(shares []share) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancel(s.alive)
	var waiting atomic.Int32
	waiting.Store(int32(len(shares)))
	stops := make([]func() bool, 0, len(shares))
	for _, p := range shares {
		stops = append(stops, context.AfterFunc(p.ctx, func() {
			if waiting.Add(-1) == 0 {
				cancel()
			}
		}))
	}
	return ctx, func() {
		for _, s := range stops {
			s()
		}
		cancel()
	}
}
