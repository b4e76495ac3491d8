package engine

import (
	"sync"
	"time"
)

const (
	trustRate = 1.0 / 16 // how fast a probability follows what comes
	costRate  = 1.0 / 4  // and a cost
	forget    = 1.0 / 4096
	leastGain = 1.03 // below which guessing is not worth its risk
)

// trust is how likely the next token is the one that lookup found, by how many tokens
// agree before it. It learns from every token, guessed or not, so that a text with nothing
// to copy pays for no trials.
type trust [6]float64

// newTrust returns what is expected at first: the longer the copy, the likelier it goes on.
func newTrust() trust { return trust{0.3, 0.4, 0.5, 0.65, 0.8, 0.9} }

// of returns the probability for agree tokens.
func (t *trust) of(agree int) *float64 {
	i := 0
	for _, least := range [...]int{3, 4, 6, 9, 17} {
		if agree >= least {
			i++
		}
	}
	return &t[i]
}

func (t *trust) learn(agree int, came bool) {
	p := t.of(agree)
	if came {
		*p += (1 - *p) * trustRate
	} else {
		*p -= *p * trustRate
	}
}

// costs is what a pass takes by the number of its rows, as a multiple of one of a single
// row, measured as answers are written.
type costs struct {
	mu     sync.Mutex // guards what follows
	single float64    // seconds
	ratio  [fewTokens + 1]float64
}

// guessedCost is what is expected before anything is measured.
func guessedCost(rows int) float64 { return 1 + 0.2*float64(rows-1) }

func newCosts() *costs {
	c := &costs{}
	for rows := range c.ratio {
		c.ratio[rows] = guessedCost(rows)
	}
	return c
}

// learn takes in what a pass took. A cost that is not measured any more, because it is
// too high, slowly becomes what is expected again: it may have been an accident.
func (c *costs) learn(rows int, took time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := took.Seconds()
	switch {
	case rows > fewTokens || t <= 0:
	case rows == 1 && c.single == 0:
		c.single = t
	case rows == 1:
		c.single += (min(t, 2*c.single) - c.single) * costRate
	case c.single > 0:
		x := min(max(t/c.single, 1), float64(rows))
		c.ratio[rows] += (x - c.ratio[rows]) * costRate
		for r := range c.ratio {
			if r != rows {
				c.ratio[r] += (guessedCost(r) - c.ratio[r]) * forget
			}
		}
	}
}

// plan returns how many tokens it pays to guess, most at most, beside rows that are
// computed anyway, where agree tokens agree before the guess: where the tokens that can be
// expected of a pass grow most beside its cost.
func (c *costs) plan(t *trust, agree, rows, most int) (guesses int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	best, tokens, all := leastGain, 1.0, 1.0
	for n := 1; n <= most && rows+n <= fewTokens; n++ {
		all *= *t.of(agree + n - 1)
		tokens += all
		if gain := tokens * c.ratio[rows] / c.ratio[rows+n]; gain > best {
			best, guesses = gain, n
		}
	}
	return guesses
}
