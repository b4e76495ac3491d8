package engine

import (
	"slices"
	"time"
)

const (
	// passTime is what a pass may take while somebody waits for the next token of an answer. With the time for
	// choosing tokens and some for other programs, such waits stay below 150 ms.
	passTime = 110 * time.Millisecond

	// leastRows is how many rows of a prompt are computed beside answers however long it takes, so that it is
	// read at all. Kernels take rows four at a time.
	leastRows = 4

	// writingFor is how long after its last token an answer counts as being written.
	writingFor = time.Second
)

// pace is how many rows a pass with some of a prompt can have if it must not take longer than passTime. It is
// learnt from such passes. What n rows take is a + b·n, where reading the weights is most of a. To scale n by
// passTime over what was taken comes closer to the right number each time, from either side, and needs to know
// neither a nor b, which differ by model and machine and grow with what attention has to look at.
type pace struct{ rows float64 }

// learn takes in what a pass took: at once where it shows that there was too much in it, halfway where it shows
// that there is room for more.
func (p *pace) learn(rows int, took time.Duration) {
	fit := float64(rows) * passTime.Seconds() / max(took, time.Microsecond).Seconds()
	if p.rows > 0 && fit > p.rows {
		fit = (fit + p.rows) / 2
	}
	p.rows = fit
}

// beside returns how many rows of prompts there may be along with so many of answers, in a pass that may take a
// part of passTime.
func (p *pace) beside(answers int, part float64) int {
	all := int(min(p.rows*part, maxBatch)) / leastRows * leastRows
	return max(leastRows, all-answers)
}

// beside returns how many rows of prompts the next pass may have along with so many of answers, 0 of them where
// somebody else may ask for a token while it goes on.
//
// Who asks in the middle of a pass waits for its end and for the next one. So a pass without answers takes half
// the time. The pass that they then waited for has only what is left, or no prompts at all, unless those were left
// out of the last one too: they must not be held up for ever by answers that come in turns.
func (s *scheduler) beside(answers int, now time.Time) int {
	if answers == 0 {
		return s.pace.beside(0, 0.5)
	}
	waited := time.Duration(0)
	for _, j := range s.jobs {
		if j.few() {
			waited = max(waited, now.Sub(j.came))
		}
	}
	if waited > passTime/3 && !s.leftOut {
		return 0
	}
	return s.pace.beside(answers, max(0, 1-waited.Seconds()/passTime.Seconds()))
}

// wrote notes that a sequence has logits to choose its next token from.
func (s *scheduler) wrote(seq *Sequence, now time.Time) {
	seq.wrote = now
	if !slices.Contains(s.writing, seq) {
		s.writing = append(s.writing, seq)
	}
}

// someoneWrites says whether a sequence may ask for its next token at any moment. One that is reading does not.
func (s *scheduler) someoneWrites(now time.Time) bool {
	s.writing = slices.DeleteFunc(s.writing, func(seq *Sequence) bool {
		return seq.closed.Load() || now.Sub(seq.wrote) > writingFor
	})
	for _, seq := range s.writing {
		if !slices.ContainsFunc(s.jobs, func(j *job) bool { return j.seq == seq && !j.few() }) {
			return true
		}
	}
	return false
}

// reading says whether a prompt is being read.
func (s *scheduler) reading() bool {
	return slices.ContainsFunc(s.jobs, func(j *job) bool { return !j.few() })
}

// gatherTime is how long the sequences of the last pass are waited for: long enough to choose a token with
// every sampler, short beside the pass that would be lost on a part of them.
func (s *scheduler) gatherTime() time.Duration { return min(max(s.took/8, gather), 5*gather) }
