// Package attn computes attention over keys and values that lie in float16 in the pages of a cache.
//
// Source: Vaswani et al., Attention Is All You Need (2017), eq. 1, with the grouped heads of Ainslie et
// al., GQA (2023), computed block by block as in Milakov and Gimelshein, Online normalizer calculation
// for softmax (2018).
package attn

import "fmt"

// Shape says how the heads are arranged. Query heads g·G to g·G+G-1, with G = Heads/KVHeads, read the
// keys and values of head g.
type Shape struct {
	Heads, KVHeads int
	Dim            int     // elements of a head: a multiple of 8
	Scale          float32 // of the scores; 1/sqrt(Dim) as a rule
}

// Pages says where the float16 keys or the values of one sequence lie in one layer. Those of position
// p and head h are the Dim elements from
//
//	Data[Offset + Table[p/Tokens]*PageStride + p%Tokens*TokenStride + h*HeadStride]
type Pages struct {
	Data        []uint16
	Table       []int32 // the page of positions 0 to Tokens-1, of the next Tokens, …
	Tokens      int     // positions in a page
	PageStride  int
	TokenStride int
	HeadStride  int
	Offset      int
}

// place returns where the elements of a head at a position start.
func (p *Pages) place(pos, head int) int {
	return p.Offset + int(p.Table[pos/p.Tokens])*p.PageStride + pos%p.Tokens*p.TokenStride + head*p.HeadStride
}

// row returns the dim elements of a head at a position.
func (p *Pages) row(pos, head, dim int) []uint16 {
	at := p.place(pos, head)
	return p.Data[at : at+dim : at+dim]
}

// Attend computes the attention of rows query rows of one sequence. Row i attends to the positions
// before n+i, so it is causal when its own position is n+i-1:
//
//	dst[i,h] = Σ_p softmax_p(Scale · q[i,h]·k[p,h/G]) v[p,h/G]    p in [0, n+i)
//
// q and dst are (rows, Heads, Dim) and may not overlap. Only the query heads of kv heads [h0, h1) are
// computed, so that workers can share them; they can share rows as well, by calls on parts of q and dst
// with n raised accordingly. An output has the same bits however it is divided.
//
// Scratch is the caller's memory, one a worker; the zero value will do. Attend panics if the sizes do
// not agree, if n < 1, or if a table has too few pages.
func Attend(dst, q []float32, s Shape, k, v Pages, rows, n, h0, h1 int, scratch *Scratch) {
	if s.KVHeads <= 0 || s.Heads%s.KVHeads != 0 || s.Dim <= 0 || s.Dim%8 != 0 {
		panic(fmt.Sprintf("attn: Attend: %d heads on %d of %d elements, want whole groups and multiples of 8", s.Heads, s.KVHeads, s.Dim))
	}
	if size := rows * s.Heads * s.Dim; rows < 0 || len(q) != size || len(dst) != size {
		panic(fmt.Sprintf("attn: Attend: q has %d elements and dst %d, want (%d, %d, %d)", len(q), len(dst), rows, s.Heads, s.Dim))
	}
	if h0 < 0 || h1 < h0 || h1 > s.KVHeads {
		panic(fmt.Sprintf("attn: Attend: heads %d to %d of %d", h0, h1, s.KVHeads))
	}
	if rows == 0 {
		return
	}
	if last := n + rows - 1; n < 1 || last > len(k.Table)*k.Tokens || last > len(v.Table)*v.Tokens {
		panic(fmt.Sprintf("attn: Attend: positions %d to %d, with pages for %d keys and %d values",
			n, last, len(k.Table)*k.Tokens, len(v.Table)*v.Tokens))
	}
	// As many rows at a time as make about 64 query vectors, so that a block of keys that was turned
	// into floats serves all of them and their sums stay in the cache nearest to the processor.
	group := s.Heads / s.KVHeads
	step := max(1, 64/group)
	scratch.k, scratch.v = k, v // whose addresses go to functions of a variant: the parameters would be allocated
	for r := 0; r < rows; r += step {
		m := min(step, rows-r)
		part := m * s.Heads * s.Dim
		at := r * s.Heads * s.Dim
		for h := h0; h < h1; h++ {
			scratch.attend(&active, dst[at:at+part], q[at:at+part], s, &scratch.k, &scratch.v, m, n+r, h)
		}
	}
}
