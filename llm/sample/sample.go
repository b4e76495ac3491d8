// Package sample chooses the next token from a model's logits.
//
// The steps are those of Hugging Face's generate, in its order:
//
//  1. repetition penalty: the logit of a token that was there is divided by Repetition if
//     it is positive and multiplied by it if it is negative
//  2. presence and frequency penalty, which generate does not have, as OpenAI defines them:
//     Presence is taken from the logit of a token that was there, and Frequency as many
//     times as it was there
//  3. what is not allowed is taken out
//  4. the logits are divided by Temperature
//  5. top-k: the TopK likeliest stay, and those that are as likely as the last of them
//  6. top-p: the fewest likeliest tokens stay that together have at least TopP of the
//     probability that is left
//  7. min-p: tokens stay that are at least MinP times as likely as the likeliest
//  8. one of those that are left is drawn, by its probability among them
//
// With temperature 0 the likeliest token that is allowed after step 3 is taken.
//
// Ties: of equally likely tokens, greedy takes the one with the lowest id; top-k keeps all
// that equal the last; top-p keeps as many of them as it takes, those with the lowest ids
// (which of them generate keeps is up to torch's sort, which is not stable).
//
// Source of top-p: Holtzman et al., The Curious Case of Neural Text Degeneration (2019).
// Source of the repetition penalty: Keskar et al., CTRL (2019), section 4.1.
// Source of min-p: Nguyen et al., Turning Up the Heat (2024).
package sample

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Options says how tokens are chosen. The zero value is greedy and filters nothing.
type Options struct {
	Temperature float64 // 0 is greedy
	TopK        int     // 0 is off
	TopP        float64 // 0 and 1 are off
	MinP        float64 // 0 is off
	Repetition  float64 // 0 and 1 are off
	Presence    float64 // 0 is off
	Frequency   float64 // 0 is off
	Seed        uint64  // of the generator, PCG of math/rand/v2
}

// Check returns an error if an option has a value that means nothing.
func (o Options) Check() error {
	for _, x := range []struct {
		name             string
		value, low, high float64
	}{
		{"temperature", o.Temperature, 0, 100},
		{"top_k", float64(o.TopK), 0, math.MaxInt32},
		{"top_p", o.TopP, 0, 1},
		{"min_p", o.MinP, 0, 1},
		{"repetition", o.Repetition, 0, 100},
		{"presence", o.Presence, -100, 100},
		{"frequency", o.Frequency, -100, 100},
	} {
		if !(x.value >= x.low && x.value <= x.high) {
			return fmt.Errorf("sampling: %s is %v, want %v to %v", x.name, x.value, x.low, x.high)
		}
	}
	return nil
}

// tries is how many of the likeliest tokens are asked about before the whole mask is.
const tries = 32

// Sampler chooses tokens for one sequence. It keeps its buffers, so that a choice
// allocates nothing once it has seen a vocabulary; it is not for concurrent use.
type Sampler struct {
	o      Options
	random *rand.Rand
	counts []int32     // how often a token is in the history; all zero between two calls
	kept   []candidate // what is left of the vocabulary
	bins   [topBins]float64
	bits   []uint64 // the mask
	floor  float32  // what the logits that are not known are below
	short  bool     // they may belong to kept
}

// candidate is a token that may be chosen.
type candidate struct {
	id     int32
	logit  float32 // after the penalties
	weight float64 // its probability, but for a factor that all share
}

// stream is the second half of the generator's seed: 2^64 divided by the golden ratio, so
// that its bits are neither all 0 nor in a pattern.
const stream = 0x9e3779b97f4a7c15

// New returns a sampler. The same options, logits and histories give the same tokens.
func New(o Options) *Sampler {
	if !(o.Temperature > 0) {
		o.Temperature = 0
	}
	if !(o.TopP > 0 && o.TopP < 1) {
		o.TopP = 1
	}
	if !(o.Repetition > 0) {
		o.Repetition = 1
	}
	return &Sampler{o: o, random: rand.New(rand.NewPCG(o.Seed, stream))}
}

// Sample returns the token to go on with. logits (V) are overwritten. history has the
// tokens that the penalties count. allows reports whether a token may follow; nil allows
// all. mask sets bit i%64 of bits[i/64], which is 0, for each token i that may follow; with
// a nil mask allows is asked about every token in its place.
//
// The choice is distributed as if everything that is not allowed had been taken out first.
// To know that, it is often enough to ask allows about some of the likeliest tokens: greedy
// asks about up to 32; top-k about up to 32 more than twice TopK; min-p needs an allowed
// one among the first 32; and with neither top-k nor top-p, a token that was drawn and is
// refused is taken out and another one drawn, up to 32 times. Where this settles nothing,
// and always for top-p without top-k, which depends on the probability of everything that
// is allowed, mask is called once.
//
// Sample fails if a logit is NaN or +Inf (-Inf is a token that cannot be), and if no token
// is left.
func (s *Sampler) Sample(logits []float32, history []int32, allows func(id int32) bool, mask func(bits []uint64)) (int32, error) {
	id, _, err := s.SampleAbove(none, logits, history, allows, mask)
	return id, err
}

// Greatest returns how many of the greatest logits a choice depends on at least, 0 if on all, and whether
// it depends on those of the history.
func (s *Sampler) Greatest() (k int, history bool) {
	switch {
	case s.o.Temperature == 0:
		k = 1
	case s.o.TopK > 0:
		k = s.o.TopK
	}
	return k, s.penalizes()
}

// Excludes reports whether a choice is the same, the draws included, if all that is not allowed has a logit
// of -Inf. Otherwise a token may be drawn, refused, and another one drawn.
func (s *Sampler) Excludes() bool {
	return s.o.Temperature == 0 || s.o.TopK > 0 || s.o.TopP < 1
}

// SampleAbove is Sample where some logits are not known, but that they are less than floor: they are -Inf.
// Those of the history must be known if it counts. It reports false, and has drawn nothing, if the choice
// may depend on what is not known.
func (s *Sampler) SampleAbove(floor float32, logits []float32, history []int32, allows func(id int32) bool, mask func(bits []uint64)) (id int32, ok bool, err error) {
	s.floor = floor
	s.penalize(logits, history)
	best, err := argmax(logits)
	switch {
	case err != nil:
		return 0, true, err
	case s.o.Temperature == 0:
		best = s.greedy(logits, best, allows, mask)
		ok = best >= 0 && logits[best] >= floor
	default:
		best, ok = s.stochastic(logits, allows, mask)
	}
	if ok = ok || floor == none; ok && best < 0 {
		return 0, true, fmt.Errorf("sampling: none of the %d tokens can follow", len(logits))
	}
	return best, ok, nil
}

var none = float32(math.Inf(-1))

// greedy returns the likeliest token that is allowed, -1 if none is.
func (s *Sampler) greedy(logits []float32, best int32, allows func(int32) bool, mask func([]uint64)) int32 {
	if allows == nil || best < 0 || allows(best) {
		return best
	}
	s.kept, _ = likeliest(s.kept[:0], logits, tries)
	for _, c := range s.kept {
		if c.id != best && allows(c.id) {
			return c.id
		}
	}
	s.restrict(logits, allows, mask)
	best, _ = argmax(logits) // was without fault before
	return best
}

// stochastic draws a token, -1 if there is none. It reports false if it takes more logits to draw one.
func (s *Sampler) stochastic(logits []float32, allows func(int32) bool, mask func([]uint64)) (int32, bool) {
	for try := 0; ; try++ {
		ask := allows != nil
		switch {
		case ask && (try == tries || s.o.TopK <= 0 && s.o.TopP < 1):
			s.restrict(logits, allows, mask)
			allows, ask = nil, false
			s.filter(logits, nil)
		case try == 0 && !s.filter(logits, allows):
			try = tries - 1
			continue
		}
		if s.short {
			return -1, false
		}
		i := s.draw()
		if i < 0 || !ask || allows(s.kept[i].id) {
			return s.id(i), true
		}
		s.kept[i].weight = 0
	}
}

// id returns the token of a candidate, -1 for none.
func (s *Sampler) id(i int) int32 {
	if i < 0 {
		return -1
	}
	return s.kept[i].id
}

// restrict takes everything out of the logits that is not allowed.
func (s *Sampler) restrict(logits []float32, allows func(int32) bool, mask func([]uint64)) {
	if mask == nil {
		for id := range logits {
			if !allows(int32(id)) {
				logits[id] = none
			}
		}
		return
	}
	n := (len(logits) + 63) / 64
	if cap(s.bits) < n {
		s.bits = make([]uint64, n)
	}
	s.bits = s.bits[:n]
	clear(s.bits)
	mask(s.bits)
	for id := range logits {
		if s.bits[id/64]>>(id%64)&1 == 0 {
			logits[id] = none
		}
	}
}

// penalizes says whether there is a penalty.
func (s *Sampler) penalizes() bool {
	return s.o.Repetition != 1 || s.o.Presence != 0 || s.o.Frequency != 0
}

// penalize applies the penalties to the tokens of the history.
func (s *Sampler) penalize(logits []float32, history []int32) {
	if !s.penalizes() {
		return
	}
	if len(s.counts) < len(logits) {
		s.counts = make([]int32, len(logits))
	}
	for _, id := range history {
		if uint(id) < uint(len(logits)) {
			s.counts[id]++
		}
	}
	for _, id := range history {
		if uint(id) >= uint(len(logits)) || s.counts[id] == 0 {
			continue
		}
		x := logits[id]
		if x < 0 {
			x *= float32(s.o.Repetition)
		} else {
			x /= float32(s.o.Repetition)
		}
		logits[id] = x - float32(s.o.Presence) - float32(s.o.Frequency)*float32(s.counts[id])
		s.counts[id] = 0
	}
}
