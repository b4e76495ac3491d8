package engine

import (
	"slices"
	"time"
)

const (
	// passTime is what a pass may take while somebody waits for the next token of an answer. With the time for
	// choosing tokens and some for other programs, such waits stay below 150 ms.
	passTime = 110 * time.Millisecond

	// leastRows is what the rows of such a pass are a multiple of, because kernels take them four at a time: five
	// take as long as eight. The least multiple with some of a prompt is computed however long it takes, so that
	// it is read at all.
	leastRows = 4

	// writingFor is how long after its last token an answer counts as being written.
	writingFor = time.Second
)

// pace is how many rows a pass with some of a prompt can have if it must not take longer than passTime. It is
// learnt from such passes and from those that only write answers. What n rows take is a + b·n, where reading the
// weights is most of a: a pass of answers alone shows a, and one with a prompt then shows b. Both differ by model
// and machine and grow with what attention has to look at. Without such an a it is taken for 0: then b comes out
// too great, and less so with each pass that has more rows.
type pace struct {
	wrote struct { // the last pass of answers alone, or the one before if that took less
		rows int
		took time.Duration
	}
	last time.Duration // the last pass of answers alone

	from int           // rows of a, or 0
	base time.Duration // a
	row  time.Duration // b; 0 if no pass with a prompt was seen
}

// note takes in what a pass of answers alone took.
func (p *pace) note(rows int, took time.Duration) {
	p.wrote.rows, p.wrote.took = rows, took
	if p.last > 0 {
		p.wrote.took = min(took, p.last)
	}
	p.last = took
}

// learn takes in what a pass with some of a prompt took: at once where it shows that there was too much in it,
// halfway where it shows that there is room for more.
func (p *pace) learn(rows int, took time.Duration) {
	p.from, p.base = p.wrote.rows, p.wrote.took
	if p.from >= rows || p.base >= took {
		p.from, p.base = 0, 0
	}
	row := max(1, (took-p.base)/time.Duration(rows-p.from))
	if p.row > row {
		row = 2 * row * p.row / (row + p.row) // half as many rows more
	}
	p.row = row
}

// beside returns how many rows of prompts there may be along with so many of answers, in a pass that may take a
// part of passTime: in all a multiple of leastRows, as kernels take them.
func (p *pace) beside(answers int, part float64) int {
	all := (answers/leastRows + 1) * leastRows
	if p.row > 0 {
		room := time.Duration(part*float64(passTime)) - p.base
		fit := p.from + int(min(room/p.row, maxBatch))
		all = max(all, fit/leastRows*leastRows)
	}
	return all - answers
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
