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
	mu     sync.Mutex             // guards what follows
	single float64                // seconds
	slope  float64                // what a row more costs, by all that was measured
	ratio  [fewTokens + 1]float64 // 0 where nothing was
	fixed  bool                   // in tests: nothing is learned
}

// guessedSlope is what a row more is expected to cost before anything is measured.
const guessedSlope = 0.2

func newCosts() *costs { return &costs{slope: guessedSlope} }

// expected returns the cost of a number of rows by those of others.
func (c *costs) expected(rows int) float64 { return 1 + c.slope*float64(rows-1) }

// at returns the cost of so many rows. The caller holds mu.
func (c *costs) at(rows int) float64 {
	if r := c.ratio[rows]; r > 0 && rows > 1 {
		return r
	}
	return c.expected(rows)
}

// of is at for callers that do not hold mu.
func (c *costs) of(rows int) float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at(rows)
}

// singleRow returns the seconds that a pass of one row takes, 0 before it is measured.
func (c *costs) singleRow() float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.single
}

// learn takes in what a pass took. A cost that is not measured any more, because it is too
// high, slowly becomes what others let expect: it may have been an accident.
func (c *costs) learn(rows int, took time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := took.Seconds()
	switch {
	case c.fixed || rows > fewTokens || t <= 0:
	case rows == 1 && c.single == 0:
		c.single = t
	case rows == 1:
		c.single += (min(t, 2*c.single) - c.single) * costRate
	case c.single > 0:
		x := min(max(t/c.single, 1), float64(rows))
		c.ratio[rows] = c.at(rows) + (x-c.at(rows))*costRate
		c.slope += ((x-1)/float64(rows-1) - c.slope) * costRate / 2
		for r := 2; r < len(c.ratio); r++ {
			if r != rows && c.ratio[r] > 0 {
				c.ratio[r] += (c.expected(r) - c.ratio[r]) * forget
			}
		}
	}
}

// plan returns how many tokens it pays to guess, most at most, beside rows that are
// computed anyway, where agree tokens agree before the guess: where the tokens that can be
// expected of a pass grow most beside its cost. gain is by how much.
func (c *costs) plan(t *trust, agree, rows, most int) (guesses int, gain float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	best, tokens, all := leastGain, 1.0, 1.0
	for n := 1; n <= most && rows+n <= fewTokens; n++ {
		all *= *t.of(agree + n - 1)
		tokens += all
		if g := tokens * c.at(rows) / c.at(rows+n); g > best {
			best, guesses, gain = g, n, g
		}
	}
	return guesses, gain
}
