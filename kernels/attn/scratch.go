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

// attend computes one kv head for rows queries, of which the first sees n positions.
func (c *Scratch) attend(dst, q []float32, s Shape, k, v *Pages, rows, n, head int) {
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
		c.load(k, v, p, count, head, d)
		clear(c.scores)
		product(c.scores, c.q, c.keys, m, d, Block)
		for i := range m {
			seen := min(n+i/group-p, Block) // below 1: a query that ended before this block
			soften((*[Block]float32)(c.scores[i*Block:]), seen, &c.state[i], c.o[i*d:][:d])
		}
		product(c.o, c.scores, c.values, m, Block, d)
	}
	for i := range m {
		at := (i/group*s.Heads + head*group + i%group) * d
		inverse := 1 / c.state[i].sum
		for j, x := range c.o[i*d:][:d] {
			dst[at+j] = x * inverse
		}
	}
}

// load turns the keys and values of count positions from p on into floats. Places after them are zero,
// so that what an earlier block left there cannot meet a weight of zero as an infinity.
func (c *Scratch) load(k, v *Pages, p, count, head, d int) {
	if count < Block {
		clear(c.keys)
		clear(c.values[count*d:])
	}
	for i := range count {
		key(c.keys[i:], k.row(p+i, head, d))
		value(c.values[i*d:][:d], v.row(p+i, head, d))
	}
}
