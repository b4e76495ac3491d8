//go:build amd64 && !purego

package gemm

import (
	"github.com/qwen-agent/qwen-agent/kernels/prefetch"
	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

// someTokens is up to how many rows of activations mulSomePacked is used for. Beyond, so much is computed with a
// panel that what comes next from memory is waited for anyway by then.
const someTokens = 32

// someBlocks is how many blocks of columns a tile is computed for before more of the next panel is asked for:
// little enough for the processor to hold all the requests at a time.
const someBlocks = 8

// mulSomePacked is mulManyPacked for the answers that are written together: few rows of activations, so that it
// takes about as long to bring the weights from memory as to multiply by them. Both go on at once: with every
// stretch of a tile, some lines of the weights after those of the panel are asked for.
func (c *scratch) mulSomePacked(dst []float32, stride int, p *Packed, r0, r1 int, x *quant.Q8) {
	k, tile, useMin := packedKernelsOf[p.Type], kernelsOf[p.Type].tile, kernelsOf[p.Type].min
	n, row := p.Cols/quant.Q8Block, p.Type.Bytes(p.Cols)
	last := (r1 + tileRows - 1) / tileRows * tileRows
	for t := range x.Rows {
		clear(dst[t*stride+r0 : t*stride+r1])
	}
	tiles := (x.Rows + tileTokens - 1) / tileTokens
	for r := r0 / tileRows * tileRows; r < r1; r += tileRows {
		for b := 0; b < n; b += chunk {
			m := min(chunk, n-b)
			src := r*row + tileRows*p.Type.Bytes(b*quant.Q8Block)
			size := tileRows * p.Type.Bytes(m*quant.Q8Block)
			k.panel(&c.panel[0], &c.d[0], &c.m[0], &p.Data[src], m)
			next := p.Data[src+size : min(src+2*size, last*row)]
			step := (size/(tiles*((m+someBlocks-1)/someBlocks)) + 63) / 64 * 64
			from, to := max(r, r0), min(r+tileRows, r1)
			for t := 0; t < x.Rows; t += tileTokens {
				first := min(t, x.Rows-tileTokens) // the last rows are computed with some before them
				end := min(t+tileTokens, x.Rows)
				part := first < t || to-from < tileRows
				sums, width := c.sums[:], tileRows
				if part {
					c.exchange(dst, stride, t, end, from, to, first, r, false)
				} else {
					sums, width = dst[first*stride+r:], stride
				}
				for s := 0; s < m; s += someBlocks {
					ahead := min(step, len(next))
					prefetch.Bytes(next[:ahead])
					next = next[ahead:]
					at := first*n + b + s
					tile(&sums[0], 4*width, &c.panel[s*quant.Q8Block*tileRows], &c.d[s*tileRows], &c.m[s*tileRows],
						&x.Data[at*quant.Q8Block], p.Cols, &x.Scale[at], sumsOf(x, useMin, at), min(someBlocks, m-s))
				}
				if part {
					c.exchange(dst, stride, t, end, from, to, first, r, true)
				}
			}
		}
	}
}
