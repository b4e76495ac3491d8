package attn

import (
	"math"
	"slices"

	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

// Block is the number of positions that are taken in at a time. Blocks start at multiples of it,
// whatever positions a call has, which makes an output independent of how queries are batched.
const Block = 64

// group is the number of queries whose scores are turned into weights and used while they are in the
// cache nearest to the processor.
const group = 6

// unit is the length, in steps, that a query or a key has as 16-bit integers: no element leaves an
// int16, and no product of two, nor a part of it, an int32, whatever is rounded.
const unit = 32760

// Scratch is the working memory of Attend: the queries of a tile, m of them, and one block of keys and
// values.
type Scratch struct {
	q      []int16 // (m, D): steps of a query
	step   []float32
	keys   []int16        // (D/2, Block, 2): steps of a key
	length [Block]float32 // of the step of a key
	values []float32      // (Block, D)
	floats []float32      // (D, 16): some keys on their way to be steps
	scores []float32      // (group, Block): scores, then weights 2^(score - most)
	shrink [group]float32
	sums   [2]sums // so far, and of a later part
	tile   tile    // of the call: here, as the addresses of parameters that go to a variant would be allocated
	kv     Pages

	halves []uint16 // of Store
	blocks quant.Q8
}

// state is that of the online softmax of one query: the largest score yet, and the sum of the weights
// relative to it.
type state struct{ most, sum float32 }

// sums are what is known of m queries after some positions.
type sums struct {
	o     []float32 // (m, D): sums of weighted values, not yet divided by the weights' sum
	state []state
}

func (s *sums) resize(m, dim int) {
	s.o, s.state = grow(s.o, m*dim), grow(s.state, m)
	clear(s.o)
	for i := range s.state {
		s.state[i] = state{most: float32(math.Inf(-1))}
	}
}

func grow[E any](s []E, n int) []E { return slices.Grow(s[:0], n)[:n] }

// tile is some rows of one sequence and one kv head.
type tile struct {
	Shape
	kv      *Pages
	rows, n int // the first row sees n positions, the next n+1, …
	head    int
}

func (t *tile) queries() int { return t.rows * t.Heads / t.KVHeads }

// place returns where query i has its elements in a row-major (rows, Heads, Dim).
func (t *tile) place(i int) int {
	g := t.Heads / t.KVHeads
	return (i/g*t.Heads + t.head*g + i%g) * t.Dim
}

// steps are the parts of attend that a variant has its own code for.
type steps struct {
	// quantize turns one query into integers, with factor·log2(e) in their step, which it returns.
	quantize func(dst []int16, q []float32, factor float32) float32
	// loadKeys unpacks the keys of count positions from p on, a multiple of Block, into columns; those
	// after them are left with anything.
	loadKeys func(c *Scratch, kv *Pages, p, count, head int)
	// loadValues unpacks their values.
	loadValues func(c *Scratch, kv *Pages, p, count, head int)
	// score multiplies m queries from first on, at most group, with count keys.
	score func(c *Scratch, first, m, count, dim int)
	// soften turns the first seen scores of a row into weights relative to the largest score yet, and
	// the others into zeros. It returns the factor that brings earlier sums to that score.
	soften func(scores *[Block]float32, seen int, st *state) float32
	// mix is o = o·shrink + weights·values for m queries and count values, a multiple of 4.
	mix func(c *Scratch, o []float32, m, count, dim int)
	// merge adds the later sums of one query to the earlier.
	merge func(st *state, o []float32, later state, add []float32)
}

// attend computes one kv head for the rows of a tile.
func (c *Scratch) attend(do *steps, dst, q []float32, t *tile) {
	c.read(do, q, t)
	for part := range Parts(t.rows, t.n) {
		s := &c.sums[min(part, 1)]
		s.resize(t.queries(), t.Dim)
		c.part(do, s, t, part)
		if part > 0 {
			c.sums[0].merge(do, s)
		}
	}
	c.sums[0].finish(dst, t)
}

// begin keeps what a call is about.
func (c *Scratch) begin(s Shape, kv Pages, rows, n, head int) *tile {
	c.kv = kv
	c.tile = tile{Shape: s, kv: &c.kv, rows: rows, n: n, head: head}
	return &c.tile
}

// read turns the queries into integers.
func (c *Scratch) read(do *steps, q []float32, t *tile) {
	m, d := t.queries(), t.Dim
	c.q, c.step = grow(c.q, m*d), grow(c.step, m)
	c.keys, c.values, c.floats = grow(c.keys, d*Block), grow(c.values, d*Block), grow(c.floats, d*16)
	c.scores = grow(c.scores, group*Block)
	for i := range m {
		c.step[i] = do.quantize(c.q[i*d:][:d], q[t.place(i):][:d], t.Scale)
	}
}

// part adds one part of the positions to s.
func (c *Scratch) part(do *steps, s *sums, t *tile, part int) {
	m, d := t.queries(), t.Dim
	each := t.Heads / t.KVHeads
	for p := part * Part; p < min((part+1)*Part, t.n+t.rows-1); p += Block {
		count := min(Block, t.n+t.rows-1-p)
		do.loadKeys(c, t.kv, p, count, t.head)
		do.loadValues(c, t.kv, p, count, t.head)
		whole := (count + 3) / 4 * 4
		clear(c.values[count*d : whole*d]) // an infinity left there would make a NaN of a weight of zero
		for i := 0; i < m; {
			k := (m - i + (m-i-1)/group) / ((m - i + group - 1) / group) // groups of about the same size
			k = min(k, group)
			do.score(c, i, k, count, d)
			for j := range k {
				seen := min(t.n+(i+j)/each-p, Block) // below 1: a query that ended before this block
				c.shrink[j] = do.soften((*[Block]float32)(c.scores[j*Block:]), seen, &s.state[i+j])
			}
			do.mix(c, s.o[i*d:], k, whole, d)
			i += k
		}
	}
}

// merge adds a later part.
func (s *sums) merge(do *steps, later *sums) {
	d := len(s.o) / len(s.state)
	for i, st := range later.state {
		if st.sum != 0 { // else the query ended before
			do.merge(&s.state[i], s.o[i*d:][:d], st, later.o[i*d:][:d])
		}
	}
}

// finish writes the outputs.
func (s *sums) finish(dst []float32, t *tile) {
	for i, st := range s.state {
		inverse := 1 / st.sum
		to := dst[t.place(i):][:t.Dim]
		for j, x := range s.o[i*t.Dim:][:t.Dim] {
			to[j] = x * inverse
		}
	}
}
