// Package attn computes attention over keys and values that lie in the pages of a cache, in float16 or
// in blocks of 8-bit integers.
//
// Scores are products of 16-bit integers, to which queries and keys are scaled one by one. An element is
// rounded to 1/32760 of its vector's length; a product of integers is exact, so a score has the same bits in
// every variant.
//
// Source: Vaswani et al., Attention Is All You Need (2017), eq. 1, with the grouped heads of Ainslie et
// al., GQA (2023), computed block by block as in Milakov and Gimelshein, Online normalizer calculation
// for softmax (2018), in parts that are merged as in Dao et al., Flash-Decoding (2023).
package attn

import "fmt"

// Shape says how the heads are arranged. Query heads g·G to g·G+G-1, with G = Heads/KVHeads, read the
// keys and values of head g.
type Shape struct {
	Heads, KVHeads int
	Dim            int     // elements of a head: a multiple of 8, at most MaxDim
	Scale          float32 // of the scores; 1/sqrt(Dim) as a rule
}

// Part is the number of positions after which sums begin anew; they are merged in the order of the
// positions. So the parts of a long sequence can be computed by several workers.
const Part = 512

// MaxDim is the largest head: longer ones could have sums of rounding errors that leave an int32.
const MaxDim = 1 << 12

// Tile returns how many rows of queries Attend takes at a time: as many as make about 84 vectors, so
// that keys and values that were unpacked once serve all of them.
func (s Shape) Tile() int { return max(1, 84/(s.Heads/s.KVHeads)) }

func (s Shape) check(op string, q []float32, kv *Pages, rows, n int) {
	if s.KVHeads <= 0 || s.Heads <= 0 || s.Heads%s.KVHeads != 0 || s.Dim > MaxDim {
		panic(fmt.Sprintf("attn: %s: %d heads on %d of %d elements, want whole groups and at most %d", op, s.Heads, s.KVHeads, s.Dim, MaxDim))
	}
	if err := kv.Check(); err != nil || kv.KVHeads != s.KVHeads || kv.Dim != s.Dim {
		panic(fmt.Sprintf("attn: %s: %d heads of %d elements on pages of %+v: %v", op, s.KVHeads, s.Dim, kv.Layout, err))
	}
	if size := rows * s.Heads * s.Dim; rows < 0 || len(q) != size {
		panic(fmt.Sprintf("attn: %s: q has %d elements, want (%d, %d, %d)", op, len(q), rows, s.Heads, s.Dim))
	}
	if last := n + rows - 1; n < 1 || last > len(kv.Table)*kv.Tokens {
		panic(fmt.Sprintf("attn: %s: positions %d to %d, with pages for %d", op, n, last, len(kv.Table)*kv.Tokens))
	}
}

// Attend computes the attention of rows query rows of one sequence. Row i attends to the positions
// before n+i, so it is causal when its own position is n+i-1:
//
//	dst[i,h] = Σ_p softmax_p(Scale · q[i,h]·k[p,h/G]) v[p,h/G]    p in [0, n+i)
//
// q and dst are (rows, Heads, Dim) and may not overlap. Queries must be finite, and shorter than 1e18.
// Only the query heads of kv heads [h0, h1) are computed, so that workers can share them; they can share
// rows as well, by calls on parts of q and dst with n raised accordingly, and positions, by AttendPart.
// An output has the same bits however it is divided.
//
// Scratch is the caller's memory, one a worker; the zero value will do. Attend panics if the sizes do
// not agree, if n < 1, or if a table has too few pages.
func Attend(dst, q []float32, s Shape, kv Pages, rows, n, h0, h1 int, scratch *Scratch) {
	s.check("Attend", q, &kv, rows, n)
	if h0 < 0 || h1 < h0 || h1 > s.KVHeads || len(dst) != len(q) {
		panic(fmt.Sprintf("attn: Attend: heads %d to %d of %d; dst has %d elements, q %d", h0, h1, s.KVHeads, len(dst), len(q)))
	}
	for r := 0; r < rows; r += s.Tile() {
		t := scratch.begin(s, kv, min(s.Tile(), rows-r), n+r, h0)
		from, to := r*s.Heads*s.Dim, (r+t.rows)*s.Heads*s.Dim
		for t.head = h0; t.head < h1; t.head++ {
			scratch.attend(&active, dst[from:to], q[from:to], t)
		}
	}
}

// Partial has the sums of some rows and one kv head over one part of the positions. The zero value
// is ready.
type Partial struct{ sums }

// Parts returns how many parts Attend has for rows query rows of which the first sees n positions.
func Parts(rows, n int) int { return (n + rows - 1 + Part - 1) / Part }

// AttendPart computes one part, in [0, Parts(rows, n)), of what Attend does for one kv head and at most
// Tile rows. Merge finishes it.
func AttendPart(p *Partial, q []float32, s Shape, kv Pages, rows, n, head, part int, scratch *Scratch) {
	s.check("AttendPart", q, &kv, rows, n)
	if rows > s.Tile() || head < 0 || head >= s.KVHeads || part < 0 || part >= Parts(rows, n) {
		panic(fmt.Sprintf("attn: AttendPart: part %d of %d rows, kv head %d", part, rows, head))
	}
	t := scratch.begin(s, kv, rows, n, head)
	scratch.read(&active, q, t)
	p.resize(t.queries(), s.Dim)
	scratch.part(&active, &p.sums, t, part)
}

// Merge brings the parts of rows query rows and one kv head together and writes its query heads of
// dst. Parts are those of AttendPart in order; the first is changed.
func Merge(dst []float32, s Shape, rows, head int, parts []Partial) {
	t := tile{Shape: s, rows: rows, head: head}
	if len(dst) != rows*s.Heads*s.Dim || len(parts) == 0 || head < 0 || head >= s.KVHeads {
		panic(fmt.Sprintf("attn: Merge: %d parts into %d elements, want (%d, %d, %d); kv head %d", len(parts), len(dst), rows, s.Heads, s.Dim, head))
	}
	for i := range parts {
		if len(parts[i].state) != t.queries() || len(parts[i].o) != t.queries()*s.Dim {
			panic(fmt.Sprintf("attn: Merge: part %d has %d queries, want %d", i, len(parts[i].state), t.queries()))
		}
	}
	for i := range parts[1:] {
		parts[0].merge(&active, &parts[1+i].sums)
	}
	parts[0].finish(dst, &t)
}
