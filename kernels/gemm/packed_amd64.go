//go:build amd64 && !purego

package gemm

import (
	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

// packedKernels are those of one type, see _asm/gemm.
type packedKernels struct {
	pack  func(dst, w *byte, stride, n int)
	dot   func(dst *float32, w *byte, ahead int, x *int8, scale *float32, s *byte, n int)
	panel func(panel *byte, d, m *float32, w *byte, n int)
}

var packedKernelsOf = map[quant.Type]*packedKernels{
	quant.Q4_0: {packQ4_0, dotPackedQ4_0, panelQ4_0},
	quant.Q4_1: {packQ4_1, dotPackedQ4_1, panelQ4_1},
	quant.Q5_0: {packQ5_0, dotPackedQ5_0, panelQ5_0},
	quant.Q5_1: {packQ5_1, dotPackedQ5_1, panelQ5_1},
	quant.Q8_0: {packQ8_0, dotPackedQ8_0, panelQ8_0},
	quant.Q4_K: {packQ4_K, dotPackedQ4_K, panelQ4_K},
	quant.Q5_K: {packQ5_K, dotPackedQ5_K, panelQ5_K},
	quant.Q6_K: {packQ6_K, dotPackedQ6_K, panelQ6_K},
}

// prefetchAhead is how many bytes before they are needed weights are brought into the first cache.
const prefetchAhead = 2048

func packAVX2(p *Packed, w *Matrix, r0, r1 int) {
	k, n, row := packedKernelsOf[p.Type], w.Cols/quant.Q8Block, w.rowBytes()
	r := r0
	for ; n > 0 && r+PackedRows <= r1; r += PackedRows {
		k.pack(&p.Data[r*row], &w.Data[r*row], row, n)
	}
	if r < r1 {
		packRef(p, w, r, r1)
	}
}

func mulPackedAVX2(dst []float32, stride int, p *Packed, r0, r1 int, x *quant.Q8) {
	if p.Cols == 0 {
		mulPackedRef(dst, stride, p, r0, r1, x)
		return
	}
	c := scratches.Get().(*scratch)
	defer scratches.Put(c)
	if x.Rows < tileTokens {
		c.mulFewPacked(dst, stride, p, r0, r1, x)
		return
	}
	if x.Rows <= someTokens {
		c.mulSomePacked(dst, stride, p, r0, r1, x)
		return
	}
	for t := 0; t < x.Rows; t += tokenBlock {
		c.mulManyPacked(dst, stride, p, r0, r1, x, t, min(t+tokenBlock, x.Rows))
	}
}

// mulFewPacked unpacks the weights in registers, for each row of activations anew.
func (c *scratch) mulFewPacked(dst []float32, stride int, p *Packed, r0, r1 int, x *quant.Q8) {
	k, min0, n, row := packedKernelsOf[p.Type], kernelsOf[p.Type].min, p.Cols/quant.Q8Block, p.Type.Bytes(p.Cols)
	for r := r0 / tileRows * tileRows; r < r1; r += tileRows {
		ahead := prefetchAhead
		if r+tileRows >= r1 { // what comes then is somebody else's
			ahead = 0
		}
		for t := range x.Rows {
			k.dot(&c.sums[0], &p.Data[r*row], ahead, &x.Data[t*p.Cols], &x.Scale[t*n], sumsOf(x, min0, t*n), n)
			from, to := max(r, r0), min(r+tileRows, r1)
			copy(dst[t*stride+from:t*stride+to], c.sums[from-r:])
			ahead = 0
		}
	}
}

// mulManyPacked is mulMany for a packed matrix.
func (c *scratch) mulManyPacked(dst []float32, stride int, p *Packed, r0, r1 int, x *quant.Q8, t0, t1 int) {
	k, tile, useMin := packedKernelsOf[p.Type], kernelsOf[p.Type].tile, kernelsOf[p.Type].min
	n, row := p.Cols/quant.Q8Block, p.Type.Bytes(p.Cols)
	chunkBytes := tileRows * p.Type.Bytes(chunk*quant.Q8Block)
	for t := t0; t < t1; t++ {
		clear(dst[t*stride+r0 : t*stride+r1])
	}
	for b := 0; b < n; b += chunk {
		m := min(chunk, n-b)
		for r := r0 / tileRows * tileRows; r < r1; r += tileRows {
			k.panel(&c.panel[0], &c.d[0], &c.m[0], &p.Data[r*row+b/chunk*chunkBytes], m)
			from, to := max(r, r0), min(r+tileRows, r1)
			for t := t0; t < t1; t += tileTokens {
				first := min(t, x.Rows-tileTokens) // the last rows are computed with some before them
				end := min(t+tileTokens, t1)
				// A tile that is not all asked for is computed in a place of its own.
				part := first < t || end < t+tileTokens || to-from < tileRows
				sums, step := c.sums[:], tileRows
				if part {
					c.exchange(dst, stride, t, end, from, to, first, r, false)
				} else {
					sums, step = dst[first*stride+r:], stride
				}
				tile(&sums[0], 4*step, &c.panel[0], &c.d[0], &c.m[0],
					&x.Data[first*p.Cols+b*quant.Q8Block], p.Cols, &x.Scale[first*n+b], sumsOf(x, useMin, first*n+b), m)
				if part {
					c.exchange(dst, stride, t, end, from, to, first, r, true)
				}
			}
		}
	}
}
