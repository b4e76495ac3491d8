package attn

import (
	"math"
	"slices"
)

// Block is the number of positions that are taken in at a time. Blocks start at multiples of it,
// whatever positions a call has, which makes an output independent of how queries are batched.
const Block = 32

// Scratch is the working memory of Attend: queries m of one kv head, m = rows·G, and one block of keys
// and values as float32.
type Scratch struct {
	q, o   []float32 // (m, D): scaled queries; sums of values so far, not yet divided by the weights' sum
	scores []float32 // (m, Block): scores, then weights exp(score - most)
	state  []state   // (m)
	keys   []float32 // (D, Block): transposed
	values []float32 // (Block, D)
	k, v   Pages     // those of the call
}

// state is that of the online softmax of one query: the largest score yet, and the sum of the weights
// relative to it.
type state struct{ most, sum float32 }

func (c *Scratch) resize(m, dim int) {
	c.q, c.o = grow(c.q, m*dim), grow(c.o, m*dim)
	c.scores = grow(c.scores, m*Block)
	c.state = grow(c.state, m)
	c.keys, c.values = grow(c.keys, dim*Block), grow(c.values, dim*Block)
}

func grow[E any](s []E, n int) []E { return slices.Grow(s[:0], n)[:n] }

// steps are the parts of attend that a variant has its own code for.
type steps struct {
	// product adds a·b to c: c is (m, n), a (m, k), b (k, n).
	product func(c, a, b []float32, m, k, n int)
	// soften turns the first seen scores of a block into weights relative to the largest score yet,
	// the others into zeros, and brings the sums so far, of weights and of values, to that score.
	soften func(scores *[Block]float32, seen int, st *state, o []float32)
	// loadKeys writes the keys of count positions from p on, a multiple of Block, to the columns of
	// a (dim, Block) block. It may write something to the columns after them.
	loadKeys func(columns []float32, k *Pages, p, count, head, dim int)
	// loadValues writes the values of count positions to the rows of a (Block, dim) block.
	loadValues func(dst []float32, v *Pages, p, count, head, dim int)
}

// attend computes one kv head for rows queries, of which the first sees n positions.
func (c *Scratch) attend(do *steps, dst, q []float32, s Shape, k, v *Pages, rows, n, head int) {
	group, d := s.Heads/s.KVHeads, s.Dim
	m := rows * group
	c.resize(m, d)
	for i := range m {
		at := (i/group*s.Heads + head*group + i%group) * d
		for j, x := range q[at:][:d] {
			c.q[i*d+j] = x * s.Scale
		}
		c.state[i] = state{most: float32(math.Inf(-1))}
	}
	clear(c.o)
	for p := 0; p < n+rows-1; p += Block {
		count := min(Block, n+rows-1-p)
		do.loadKeys(c.keys, k, p, count, head, d)
		do.loadValues(c.values, v, p, count, head, d)
		clear(c.values[count*d:]) // an infinity left there would make a NaN of a weight of zero
		clear(c.scores)
		do.product(c.scores, c.q, c.keys, m, d, Block)
		for i := range m {
			seen := min(n+i/group-p, Block) // below 1: a query that ended before this block
			do.soften((*[Block]float32)(c.scores[i*Block:]), seen, &c.state[i], c.o[i*d:][:d])
		}
		do.product(c.o, c.scores, c.values, m, Block, d)
	}
	for i := range m {
		at := (i/group*s.Heads + head*group + i%group) * d
		inverse := 1 / c.state[i].sum
		for j, x := range c.o[i*d:][:d] {
			dst[at+j] = x * inverse
		}
	}
}
