//go:build amd64 && !purego

package gemm

import (
	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

// dotKernel, panelKernel and tileKernel are what a variant has for packed weights, see _asm/gemm. second is
// the number of bytes from the first eight rows to the last, for kernels that take sixteen.
type (
	dotKernel   func(dst *float32, w *byte, second, ahead int, x *int8, scale *float32, s *byte, n int)
	panelKernel func(panel *byte, d, m *float32, w *byte, second, n int)
	tileKernel  func(dst *float32, stride int, panel *byte, d, m *float32, x *int8, cols int, scale *float32, s *byte, n int)
)

// packedKernels are those of one type and one variant.
type packedKernels struct {
	dotRows int // that dot takes: one group of PackedRows or two
	rows    int // that panel and tiles take, likewise
	dot     dotKernel
	panel   panelKernel
	tiles   []tile // from the smallest, of minTokens
	twice   []tile // likewise, of those that take two panels at once, if there are any; for more than someTokens
	min     bool   // as in kernels
}

// tile multiplies a panel with so many rows of activations.
type tile struct {
	tokens int
	mul    tileKernel
}

// minTokens is the number of rows of activations from which a panel is worth making.
const minTokens = 4

// prefetchAhead is how many bytes before they are needed weights are brought into the first cache.
const prefetchAhead = 2048

// mulPackedBy multiplies by the kernels of a variant.
func mulPackedBy(kernelsOf map[quant.Type]*packedKernels, dst []float32, stride int, p *Packed, r0, r1 int, x *quant.Q8) {
	if p.Cols == 0 {
		mulPackedRef(dst, stride, p, r0, r1, x)
		return
	}
	k, c := kernelsOf[p.Type], scratches.Get().(*scratch)
	defer scratches.Put(c)
	if x.Rows < minTokens {
		c.mulFewPacked(k, dst, stride, p, r0, r1, x)
		return
	}
	if x.Rows <= someTokens {
		c.mulSomePacked(k, dst, stride, p, r0, r1, x)
		return
	}
	for t := 0; t < x.Rows; t += tokenBlock {
		c.mulManyPacked(k, dst, stride, p, r0, r1, x, t, min(t+tokenBlock, x.Rows))
	}
}

// groups calls f for the rows from r to r+rows, as far as they are wanted, all over [r0,r1).
func groups(p *Packed, rows, r0, r1 int, f func(r, from, to, second int)) {
	for r := r0 / PackedRows * PackedRows; r < r1; r += rows {
		f(r, max(r, r0), min(r+rows, r1), secondOf(p, r, r1))
	}
}

// secondOf is the number of bytes from the group of rows at r to the next one. If there is none, the group stands
// for it too.
func secondOf(p *Packed, r, r1 int) int {
	if r+PackedRows < r1 {
		return PackedRows * p.Type.Bytes(p.Cols)
	}
	return 0
}

// mulFewPacked unpacks the weights in registers, for each row of activations anew.
func (c *scratch) mulFewPacked(k *packedKernels, dst []float32, stride int, p *Packed, r0, r1 int, x *quant.Q8) {
	n, row := p.Cols/quant.Q8Block, p.Type.Bytes(p.Cols)
	groups(p, k.dotRows, r0, r1, func(r, from, to, second int) {
		ahead := prefetchAhead
		if r+k.dotRows >= r1 { // what comes then is somebody else's
			ahead = 0
		}
		for t := range x.Rows {
			k.dot(&c.sums[0], &p.Data[r*row], second, ahead, &x.Data[t*p.Cols], &x.Scale[t*n], sumsOf(x, k.min, t*n), n)
			copy(dst[t*stride+from:t*stride+to], c.sums[from-r:])
			ahead = 0
		}
	})
}

// strip is the rows from r on that tiles take at a time, as many as are in one panel or in two.
type strip struct {
	r, from, to, second int // see groups
	rows                int
	tiles               []tile
}

// strips calls f for strips that cover [r0,r1), the wider ones wherever all their rows are wanted.
func (k *packedKernels) strips(p *Packed, r0, r1 int, f func(s strip)) {
	for r := r0 / PackedRows * PackedRows; r < r1; {
		s := strip{r, max(r, r0), min(r+k.rows, r1), secondOf(p, r, r1), k.rows, k.tiles}
		if wide := r + 2*k.rows; k.twice != nil && r >= r0 && wide <= r1 {
			s.to, s.rows, s.tiles = wide, 2*k.rows, k.twice
		}
		f(s)
		r += s.rows
	}
}

// unpack makes the panels of a strip, of m blocks. The first row's are at src.
func (c *scratch) unpack(k *packedKernels, p *Packed, s strip, src, m int) {
	for i := range s.rows / k.rows {
		k.panel(&c.panel[i*panelSize], &c.d[i*scalesSize], &c.m[i*scalesSize], &p.Data[src+i*k.rows*p.Type.Bytes(p.Cols)], s.second, m)
	}
}

// mulManyPacked unpacks a chunk of weights once for rows t0 to t1 of activations, keeping the sums so far
// in dst. There are at least minTokens rows in x.
func (c *scratch) mulManyPacked(k *packedKernels, dst []float32, stride int, p *Packed, r0, r1 int, x *quant.Q8, t0, t1 int) {
	n, row := p.Cols/quant.Q8Block, p.Type.Bytes(p.Cols)
	chunkBytes := PackedRows * p.Type.Bytes(chunk*quant.Q8Block)
	for t := t0; t < t1; t++ {
		clear(dst[t*stride+r0 : t*stride+r1])
	}
	for b := 0; b < n; b += chunk {
		m := min(chunk, n-b)
		k.strips(p, r0, r1, func(s strip) {
			c.unpack(k, p, s, s.r*row+b/chunk*chunkBytes, m)
			for t := t0; t < t1; {
				tile := tileFor(s.tiles, t1-t, x.Rows)
				first, end := min(t, x.Rows-tile.tokens), min(t+tile.tokens, t1) // the last rows are computed with some before them
				// A tile that is not all asked for is computed in a place of its own.
				part := first < t || end < t+tile.tokens || s.to-s.from < s.rows
				sums, step := c.sums[:], s.rows
				if part {
					c.exchange(dst, stride, t, end, s.from, s.to, first, s.r, s.rows, false)
				} else {
					sums, step = dst[first*stride+s.r:], stride
				}
				tile.mul(&sums[0], 4*step, &c.panel[0], &c.d[0], &c.m[0],
					&x.Data[first*p.Cols+b*quant.Q8Block], p.Cols, &x.Scale[first*n+b], sumsOf(x, k.min, first*n+b), m)
				if part {
					c.exchange(dst, stride, t, end, s.from, s.to, first, s.r, s.rows, true)
				}
				t = end
			}
		})
	}
}

// tileFor returns the smallest of the tiles for as many tokens as are left, or the largest that all tokens fill.
func tileFor(tiles []tile, left, all int) tile {
	best := tiles[0]
	for _, t := range tiles[1:] {
		if best.tokens < left && t.tokens <= all {
			best = t
		}
	}
	return best
}
