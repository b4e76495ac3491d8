//go:build amd64 && !purego

package gemm

import (
	"github.com/qwen-agent/qwen-agent/kernels/prefetch"
	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

// someTokens is up to how many rows of activations mulSomePacked is used for. Beyond, so much is computed with a
// panel that what comes next from memory is waited for anyway by then. Up to then one panel at a time is as fast as two.
const someTokens = 32

// someBlocks is for how many blocks of eight rows a tile is computed before more of the next panel is asked for:
// little enough for the processor to hold all the requests at a time.
const someBlocks = 16

// mulSomePacked is mulManyPacked for the answers that are written together: few rows of activations, so that it
// takes about as long to bring the weights from memory as to multiply by them. Both go on at once: with every
// stretch of a tile, some lines of the weights after those of the panel are asked for.
func (c *scratch) mulSomePacked(k *packedKernels, dst []float32, stride int, p *Packed, r0, r1 int, x *quant.Q8) {
	n, row := p.Cols/quant.Q8Block, p.Type.Bytes(p.Cols)
	for t := range x.Rows {
		clear(dst[t*stride+r0 : t*stride+r1])
	}
	tokens := tileFor(k.tiles, x.Rows, x.Rows).tokens
	tiles := (x.Rows + tokens - 1) / tokens
	stretch := someBlocks * PackedRows / k.rows
	groups(p, k.rows, r0, r1, func(r, from, to, second int) {
		for b := 0; b < n; b += chunk {
			m := min(chunk, n-b)
			src := r*row + PackedRows*p.Type.Bytes(b*quant.Q8Block)
			size := PackedRows * p.Type.Bytes(m*quant.Q8Block)
			k.panel(&c.panel[0], &c.d[0], &c.m[0], &p.Data[src], second, m)
			next := k.next(p, src, second, size, b+m == n, r1)
			step := (size/(tiles*((m+stretch-1)/stretch)) + 63) / 64 * 64
			for t := 0; t < x.Rows; {
				tile := tileFor(k.tiles, x.Rows-t, x.Rows)
				first := min(t, x.Rows-tile.tokens) // the last rows are computed with some before them
				end := min(t+tile.tokens, x.Rows)
				part := first < t || to-from < k.rows
				sums, width := c.sums[:], k.rows
				if part {
					c.exchange(dst, stride, t, end, from, to, first, r, k.rows, false)
				} else {
					sums, width = dst[first*stride+r:], stride
				}
				for s := 0; s < m; s += stretch {
					for g := range next {
						ahead := min(step, len(next[g]))
						prefetch.Bytes(next[g][:ahead])
						next[g] = next[g][ahead:]
					}
					at := first*n + b + s
					tile.mul(&sums[0], 4*width, &c.panel[s*quant.Q8Block*k.rows], &c.d[s*k.rows], &c.m[s*k.rows],
						&x.Data[at*quant.Q8Block], p.Cols, &x.Scale[at], sumsOf(x, k.min, at), min(stretch, m-s))
				}
				if part {
					c.exchange(dst, stride, t, end, from, to, first, r, k.rows, true)
				}
				t = end
			}
		}
	})
}

// next returns the weights, up to row r1, that come after the chunks of size bytes at src and second bytes
// later: the next ones of the same rows, or after the last the first ones of the next rows.
func (k *packedKernels) next(p *Packed, src, second, size int, last bool, r1 int) (out [2][]byte) {
	row := p.Type.Bytes(p.Cols)
	end := (r1 + PackedRows - 1) / PackedRows * PackedRows * row
	for g := range k.rows / PackedRows {
		at := src + g*second + size
		if last {
			at += (k.rows - PackedRows) * row // those of the other group come between
		}
		out[g] = p.Data[min(at, end):min(at+size, end)]
	}
	return out
}
