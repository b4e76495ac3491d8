//go:build amd64 && !purego

package gemm

import (
	"sync"
	"unsafe"

	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

// The AVX2 kernels take eight rows of weights at a time, and a thousand columns, whose scales and
// panel stay in the first cache. Those for AVX-512 take sixteen or thirty-two, most AVX2 tiles of packed weights sixteen.
const (
	tileRows   = 8
	tileTokens = 4
	wideRows   = 16
	wideTokens = 8
	chunk      = 32 // blocks of columns, when a panel is made
	fewChunk   = 48 // blocks of columns at most, when none is made
	// tokenBlock is how many rows of activations are multiplied before the weights are unpacked
	// again; a chunk of them takes half of a second cache of 512 KiB.
	tokenBlock = 256
)

// Tiles that take two panels of sixteen rows know how far apart they are, and their scales.
const (
	twiceTokens = 6
	panelSize   = chunk * quant.Q8Block * wideRows
	scalesSize  = chunk * wideRows
)

// scratch is what some rows and a chunk of columns are unpacked to.
type scratch struct {
	panel [2 * panelSize]byte // the second for tiles that take two
	d, m  [2 * scalesSize]float32
	sums  [twiceTokens * 2 * wideRows]float32
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// kernels are those of one type, see _asm/gemm.
type kernels struct {
	scales func(d, m *float32, w *byte, stride, n int)
	dot    func(dst *float32, w *byte, stride int, next *byte, d, m *float32, x *int8, scale *float32, s *byte, n int)
	unpack func(panel, w *byte, stride, n int)
	tile   func(dst *float32, stride int, panel *byte, d, m *float32, x *int8, cols int, scale *float32, s *byte, n int)
	min    bool // s are the float32 sums of blocks; otherwise the int16 sums of half blocks
}

var kernelsOf = map[quant.Type]*kernels{
	quant.Q4_0: {scalesQ4_0, dotQ4_0, unpackQ4_0, tileOffset4, false},
	quant.Q4_1: {scalesQ4_1, dotQ4_1, unpackQ4_1, tileMin4, true},
	quant.Q5_0: {scalesQ5_0, dotQ5_0, unpackQ5_0, tileOffset5, false},
	quant.Q5_1: {scalesQ5_1, dotQ5_1, unpackQ5_1, tileMin5, true},
	quant.Q8_0: {scalesQ8_0, dotQ8_0, unpackQ8_0, tileSigned, false},
	quant.Q4_K: {scalesQ4_K, dotQ4_K, unpackQ4_K, tileMin4, true},
	quant.Q5_K: {scalesQ5_K, dotQ5_K, unpackQ5_K, tileMin5, true},
	quant.Q6_K: {scalesQ6_K, dotQ6_K, unpackQ6_K, tileHalves, false},
}

func mulAVX2(dst []float32, stride int, w *Matrix, r0, r1 int, x *quant.Q8) {
	if w.Rows < tileRows || w.Cols == 0 {
		mulRef(dst, stride, w, r0, r1, x)
		return
	}
	c := scratches.Get().(*scratch)
	defer scratches.Put(c)
	if x.Rows < tileTokens {
		c.mulFew(dst, stride, w, r0, r1, x)
		return
	}
	for t := 0; t < x.Rows; t += tokenBlock {
		c.mulMany(dst, stride, w, r0, r1, x, t, min(t+tokenBlock, x.Rows))
	}
}

// mulFew unpacks the weights for each row of activations anew, in registers: the way of decoding, bound
// by memory. While it works on eight rows, the next eight are prefetched.
func (c *scratch) mulFew(dst []float32, stride int, w *Matrix, r0, r1 int, x *quant.Q8) {
	k, n, row := kernelsOf[w.Type], w.Cols/quant.Q8Block, w.rowBytes()
	parts := (n + fewChunk - 1) / fewChunk
	step := (n/parts + 7) / 8 * 8 // whole super-blocks
	stepBytes := w.Type.Bytes(step * quant.Q8Block)
	for r := r0; r < r1; r += tileRows {
		top := min(r, w.Rows-tileRows) // the last rows are computed with some before them
		clear(c.sums[:])
		for b := 0; b < n; b += step {
			m, at := min(step, n-b), b/step*stepBytes
			src, next := &w.Data[top*row+at], &w.Data[min(top*row+tileRows*(row+at), len(w.Data)-1)]
			k.scales(&c.d[0], &c.m[0], src, row, m)
			for t := range x.Rows {
				k.dot(&c.sums[t*tileRows], src, row, next, &c.d[0], &c.m[0],
					&x.Data[t*w.Cols+b*quant.Q8Block], &x.Scale[t*n+b], sumsOf(x, k.min, t*n+b), m)
			}
		}
		for t := range x.Rows {
			copy(dst[t*stride+r:t*stride+min(r+tileRows, r1)], c.sums[t*tileRows+r-top:(t+1)*tileRows])
		}
	}
}

// mulMany unpacks a chunk of eight rows of weights once for rows t0 to t1 of activations, at least four,
// keeping the sums so far in dst.
func (c *scratch) mulMany(dst []float32, stride int, w *Matrix, r0, r1 int, x *quant.Q8, t0, t1 int) {
	k, n, row := kernelsOf[w.Type], w.Cols/quant.Q8Block, w.rowBytes()
	chunkBytes := w.Type.Bytes(chunk * quant.Q8Block)
	for t := t0; t < t1; t++ {
		clear(dst[t*stride+r0 : t*stride+r1])
	}
	for b := 0; b < n; b += chunk {
		m := min(chunk, n-b)
		for r := r0; r < r1; r += tileRows {
			top := min(r, w.Rows-tileRows)
			src := &w.Data[top*row+b/chunk*chunkBytes]
			k.scales(&c.d[0], &c.m[0], src, row, m)
			k.unpack(&c.panel[0], src, row, m)
			for t := t0; t < t1; t += tileTokens {
				first := min(t, x.Rows-tileTokens) // likewise for rows of activations
				sums, step := &dst[first*stride+top], stride
				// A tile that is not all asked for is computed in a place of its own.
				part := first < t || top < r || r+tileRows > r1 || t+tileTokens > t1
				if part {
					sums, step = &c.sums[0], tileRows
					c.exchange(dst, stride, t, min(t+tileTokens, t1), r, min(r+tileRows, r1), first, top, tileRows, false)
				}
				k.tile(sums, 4*step, &c.panel[0], &c.d[0], &c.m[0],
					&x.Data[first*w.Cols+b*quant.Q8Block], w.Cols, &x.Scale[first*n+b], sumsOf(x, k.min, first*n+b), m)
				if part {
					c.exchange(dst, stride, t, min(t+tileTokens, t1), r, min(r+tileRows, r1), first, top, tileRows, true)
				}
			}
		}
	}
}

// exchange copies the part [t,t1) by [r,r1) of dst into the tile, rows wide, that starts at (first, top), or back.
func (c *scratch) exchange(dst []float32, stride, t, t1, r, r1, first, top, rows int, back bool) {
	for ; t < t1; t++ {
		tile, out := c.sums[(t-first)*rows+r-top:], dst[t*stride+r:t*stride+r1]
		if back {
			copy(out, tile)
		} else {
			copy(tile, out)
		}
	}
}

// sumsOf returns the place of the sums of block i, in the form that a kernel wants.
func sumsOf(x *quant.Q8, min bool, i int) *byte {
	if min {
		return (*byte)(unsafe.Pointer(&x.Sum[i]))
	}
	return (*byte)(unsafe.Pointer(&x.Half[2*i]))
}

func mulF32AVX2(dst []float32, stride int, w *Matrix, r0, r1 int, x []float32, rows int) {
	row, n := make([]float32, w.Cols), w.Cols/32*32
	for r := r0; r < r1; r++ {
		quant.Dequantize(row, w.Type, w.Row(r))
		for t := range rows {
			var acc [32]float32
			v := x[t*w.Cols:][:w.Cols]
			if n > 0 {
				dotF32(&acc[0], &row[0], &v[0], n)
			}
			dst[t*stride+r] = sumF32(&acc, row[n:], v[n:])
		}
	}
}
