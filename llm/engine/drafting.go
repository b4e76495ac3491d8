package engine

import (
	"sync"
	"time"
)

const (
	draftRate = 1.0 / 16 // how fast the worth of drafts follows what is measured
	sureRound = 8        // rounds after which it is believed
)

// margins divide how far the likeliest logit is above the next one into levels.
var margins = [...]float32{0.5, 1, 1.5, 2.5, 4, 6, 9}

// sureness returns the level of a row of logits.
func sureness(logits []float32) (level int) {
	first, second := logits[0], logits[0]
	for i, x := range logits {
		if x > second && i > 0 {
			if x > first {
				first, second = x, first
			} else {
				second = x
			}
		} else if i == 1 {
			second = x
		}
	}
	for _, m := range margins {
		if first-second >= m {
			level++
		}
	}
	return level
}

// drafting is what an engine knows of its draft: what its passes take, how often its guesses
// come, and whether it is faster with them at all. Where it is not, nothing is drafted, and
// what would have to be read first counts as well.
type drafting struct {
	mu      sync.Mutex // guards what follows
	prior   float64    // cost of a step as a multiple of one of the model, before it is measured
	single  float64    // seconds of a step
	read    float64    // seconds a token where many are read
	chances [len(margins) + 1]float64
	any     float64 // of a token before its level is known
	gained  float64 // what rounds would have taken without a draft, in recent passes of the model
	spent   float64 // and what they took
	rounds  int
}

func newDrafting(prior float64) *drafting {
	return &drafting{
		prior: min(prior, 1), any: 0.75, chances: [...]float64{0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.93, 0.98},
		gained: 1, spent: 1,
	}
}

// step takes in what a pass of the draft took.
func (d *drafting) step(rows int, took time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	follow := func(mean *float64, x float64) {
		if *mean == 0 {
			*mean = x
		}
		*mean += (min(x, 2**mean) - *mean) * costRate
	}
	switch s := took.Seconds(); {
	case rows == 1:
		follow(&d.single, s)
	case rows > fewTokens:
		follow(&d.read, s/float64(rows))
	}
}

// cost returns what a step takes in passes of the model.
func (d *drafting) cost(c *costs) float64 {
	if single := c.singleRow(); single > 0 && d.single > 0 {
		return d.single / single
	}
	return d.prior
}

// worth returns how much faster rounds are than passes without a draft. Before enough of them
// are measured it is what the costs let expect.
func (d *drafting) worth(c *costs) float64 {
	if d.rounds >= sureRound {
		return d.gained / d.spent
	}
	cost, best, tokens, all := d.cost(c), 0.0, 1.0, 1.0
	for n := 1; 1+n <= fewTokens; n++ {
		all *= d.any
		tokens += all
		best = max(best, tokens/(c.of(1+n)+cost*float64(n)))
	}
	return best
}

// gain returns worth. While that is too little to draft, it slowly comes back to where a draft
// is tried again.
func (d *drafting) gain(c *costs) float64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	worth := d.worth(c)
	if worth < leastGain {
		d.gained += (1.15*d.spent - d.gained) * forget
	}
	return worth
}

// pays says whether to draft for an answer of so many tokens, of which the draft has not read
// the last missing ones. An answer is expected to become twice as long as it is, or, while
// little is known of the draft, a third longer.
func (d *drafting) pays(c *costs, missing, written int) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	single := c.singleRow()
	if single == 0 || missing <= fewTokens {
		return single > 0
	}
	read := d.read
	if read == 0 {
		read = d.prior * single
	}
	left := float64(written)
	if d.rounds < sureRound {
		left /= 3
	}
	return float64(missing)*read < left*single*(1-1/d.worth(c))
}

// another says whether one more token should be drafted behind those of the given levels.
func (d *drafting) another(c *costs, levels []int, rows int) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	n, cost := len(levels), d.cost(c)
	if rows+n >= fewTokens {
		return false
	}
	tokens, all := 1.0, 1.0
	for _, l := range levels {
		all *= d.chances[l]
		tokens += all
	}
	now := tokens / (c.of(rows+n) + cost*float64(n))
	return (tokens+all*d.any)/(c.of(rows+n+1)+cost*float64(n+1)) > now
}

// trim returns how many of the tokens of the given levels are worth a row of the pass, now
// that they are there.
func (d *drafting) trim(c *costs, levels []int, rows int) (best int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	tokens, all := 1.0, 1.0
	most := tokens / c.of(rows)
	for n, l := range levels {
		all *= d.chances[l]
		tokens += all
		if gain := tokens / c.of(rows+n+1); gain > most {
			most, best = gain, n+1
		}
	}
	return best
}

// came takes in that of the tokens of the given levels the first came were those of the
// answer, of which so many are known.
func (d *drafting) came(levels []int, came, known int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i := range min(came+1, known, len(levels)) {
		hit := 0.0
		if i < came {
			hit = 1
		}
		p := &d.chances[levels[i]]
		*p += (hit - *p) * trustRate
		d.any += (hit - d.any) * trustRate
	}
}

// learn takes in that a round in which came guesses came took so long, draft and pass.
func (d *drafting) learn(c *costs, came int, took time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	single := c.singleRow()
	if single == 0 {
		return
	}
	without := float64(1 + came) // passes
	d.gained += (without - d.gained) * draftRate
	d.spent += (min(took.Seconds()/single, 4*without) - d.spent) * draftRate
	d.rounds++
}
