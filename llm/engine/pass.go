package engine

import (
	"slices"
	"time"

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
func (s *scheduler) pick() []share {
	shares := s.shares[:0]
	room, logits := s.rows, logitsRows
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
	for _, j := range s.jobs {
		if j.few() {
			take(j, fewTokens)
		}
	}
	if now := time.Now(); s.reading() && (len(shares) > 0 || s.someoneWrites(now)) {
		most := s.beside(s.rows-room, now)
		room, s.leftOut = min(room, most), most == 0
	}
	for _, j := range s.jobs {
		if !j.few() {
			take(j, room)
		}
	}
	s.shares = shares
	return shares
}

// few says whether a job is one of somebody who is writing an answer.
func (j *job) few() bool { return len(j.ids) <= fewTokens }

// wanted returns how many of the next n tokens of j have their logits wanted.
func (j *job) wanted(n int) int {
	first := len(j.ids) - len(j.logits)
	return max(0, j.done+n-max(first, j.done))
}

// pass computes the next tokens of some jobs.
func (s *scheduler) pass() {
	s.mu.Lock()
	shares := s.pick()
	batch := &s.batch
	batch.IDs, batch.Spans, batch.Logits, batch.Scores = batch.IDs[:0], batch.Spans[:0], batch.Logits[:0], qwen.Few
	for _, p := range shares {
		p.seq.kv.Grow(p.n)
		row := len(batch.IDs)
		batch.IDs = append(batch.IDs, p.ids[p.done:p.done+p.n]...)
		batch.Spans = append(batch.Spans, kernels.Span{Row: row, Len: p.n, Pos: p.seq.kv.Len(), Pages: p.seq.kv.Pages()})
		if p.logits > 0 {
			batch.Scores = min(batch.Scores, p.want.scores)
		}
		for i := p.n - p.logits; i < p.n; i++ {
			batch.Logits = append(batch.Logits, int32(row+i))
		}
	}
	s.mu.Unlock()
	if len(shares) == 0 {
		return
	}

	start := time.Now()
	err := s.model.Forward(s, batch)
	if err != nil && s.Err() != nil {
		err = nil // nobody waits any more; dropCancelled tells them
		shares = nil
	}

	row := 0
	for _, p := range shares {
		for i := range p.logits {
			if err == nil {
				first := p.done + p.n - p.logits - (len(p.ids) - len(p.job.logits))
				err = s.scores(p.job, first+i, row)
			}
			row++
		}
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.took = now.Sub(start)
	s.together = s.together[:0]
	reads := false // whether there is some of a prompt
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
		if p.few() {
			s.together = append(s.together, p.seq)
		} else {
			reads = true
		}
		if err == nil && p.logits > 0 {
			s.wrote(p.seq, now)
		}
		if err != nil || p.done == len(p.ids) {
			s.jobs = slices.DeleteFunc(s.jobs, func(j *job) bool { return j == p.job })
			p.result <- err
		}
	}
	switch {
	case err != nil:
	case reads:
		s.pace.learn(len(batch.IDs), s.took)
	default:
		s.pace.note(len(batch.IDs), s.took)
	}
}

// Err makes the scheduler the kernels.Ender of its passes: it is not nil once nobody waits
// for any part of the pass any more.
func (s *scheduler) Err() error {
	if err := s.alive.Err(); err != nil {
		return err
	}
	var err error
	for i := range s.shares {
		if err = s.shares[i].ctx.Err(); err == nil {
			return nil
		}
	}
	return err
}
