package attn

import (
	"fmt"
	"math"
	"testing"

	"github.com/qwen-agent/qwen-agent/kernels/half"
	"github.com/qwen-agent/qwen-agent/kernels/kerneltest"
)

// cache returns pages with random keys or values for n positions. Pages lie in an order of their own,
// with one that belongs to nobody, which is full of NaNs.
func cache(s Shape, n, tokens int, headFirst bool, seed uint64) Pages {
	pages := (n + tokens - 1) / tokens
	p := Pages{Tokens: tokens, Offset: 24}
	if headFirst {
		p.TokenStride, p.HeadStride = s.Dim, tokens*s.Dim
	} else {
		p.TokenStride, p.HeadStride = s.KVHeads*s.Dim, s.Dim
	}
	p.PageStride = tokens*s.KVHeads*s.Dim + 8
	p.Data = make([]uint16, p.Offset+(pages+1)*p.PageStride)
	half.Encode(p.Data, kerneltest.Normal(len(p.Data), 0, seed))
	for i := range pages {
		p.Table = append(p.Table, int32((i*7+3)%(pages+1)))
	}
	seen := map[int32]bool{}
	for i := range p.Table { // 7 may share a factor with pages+1: then take them backwards
		if seen[p.Table[i]] {
			for j := range p.Table {
				p.Table[j] = int32(pages - j)
			}
			break
		}
		seen[p.Table[i]] = true
	}
	used := map[int32]bool{}
	for _, page := range p.Table {
		used[page] = true
	}
	for page := range int32(pages + 1) {
		if !used[page] {
			for i := range p.PageStride {
				p.Data[p.Offset+int(page)*p.PageStride+i] = 0x7e00
			}
		}
	}
	for pos := n; pos < pages*tokens; pos++ { // places that were not written yet
		for h := range s.KVHeads {
			for i := range s.Dim {
				p.row(pos, h, s.Dim)[i] = 0x7e00
			}
		}
	}
	return p
}

func attendAll(do *steps, dst, q []float32, s Shape, k, v Pages, rows, n int) {
	was := active
	active = *do
	defer func() { active = was }()
	Attend(dst, q, s, k, v, rows, n, 0, s.KVHeads, new(Scratch))
}

func TestAttend(t *testing.T) {
	for _, v := range variants {
		for _, s := range []Shape{{14, 2, 64, 0.125}, {12, 2, 128, 0.088}, {4, 4, 8, 0.3}, {6, 2, 24, 0.2}, {16, 1, 32, 0.2}} {
			for _, tokens := range []int{16, 32, 64, 5} {
				t.Run(fmt.Sprintf("%s/%d on %d of %d/pages of %d", v.name, s.Heads, s.KVHeads, s.Dim, tokens), func(t *testing.T) {
					for i, n := range []int{1, 2, 7, 8, 9, 31, 32, 33, 64, 65, 100} {
						for _, rows := range []int{1, 6} {
							last := n + rows - 1
							keys, values := cache(s, last, tokens, i%2 == 0, 1), cache(s, last, tokens, i%3 == 0, 2)
							size := rows * s.Heads * s.Dim
							q, got, want := kerneltest.Normal(size, i%4, 3), kerneltest.NewGuarded(size, i%4), make([]float32, size)
							attendAll(&v.steps, got.Data, q, s, keys, values, rows, n)
							attendRef(want, q, s, keys, values, rows, n)
							kerneltest.Near(t, got.Data, want, 2e-6)
							got.Check(t)
						}
					}
				})
			}
		}
	}
}

// TestAttendParts checks that an output has the same bits alone, in a batch, and for any part of the heads.
func TestAttendParts(t *testing.T) {
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			s := Shape{14, 2, 64, 0.125}
			const rows, n = 40, 61
			keys, values := cache(s, n+rows-1, 32, true, 1), cache(s, n+rows-1, 32, true, 2)
			width := s.Heads * s.Dim
			q, whole := kerneltest.Normal(rows*width, 0, 3), make([]float32, rows*width)
			attendAll(&v.steps, whole, q, s, keys, values, rows, n)
			was := active
			active = v.steps
			defer func() { active = was }()
			var scratch Scratch
			for i := range rows {
				one := kerneltest.NewGuarded(width, 0)
				Attend(one.Data, q[i*width:][:width], s, keys, values, 1, n+i, 1, 2, &scratch)
				for j, x := range one.Data[:width/2] {
					if x != 1e30 {
						t.Fatalf("element %d of a head that was not asked for is %v", j, x)
					}
				}
				Attend(one.Data, q[i*width:][:width], s, keys, values, 1, n+i, 0, 1, &scratch)
				kerneltest.Equal(t, one.Data, whole[i*width:][:width])
			}
		})
	}
}

// TestAttendExtremes has scores far apart: the largest takes all, and nothing overflows.
func TestAttendExtremes(t *testing.T) {
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			s := Shape{1, 1, 16, 1}
			const n = 70
			keys, values := cache(s, n, 16, true, 1), cache(s, n, 16, true, 2)
			for p := range n {
				for i := range s.Dim {
					keys.row(p, 0, s.Dim)[i] = half.FromFloat32(float32(p-50) * 100)
				}
			}
			for _, sign := range []float32{1, -1} {
				q, got, want := make([]float32, s.Dim), make([]float32, s.Dim), make([]float32, s.Dim)
				for i := range q {
					q[i] = sign * 1000
				}
				attendAll(&v.steps, got, q, s, keys, values, 1, n)
				attendRef(want, q, s, keys, values, 1, n)
				kerneltest.Near(t, got, want, 1e-6)
			}
		})
	}
}

func TestProduct(t *testing.T) {
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			for m := range 20 {
				for _, k := range []int{0, 1, 2, 31, 64} {
					for _, n := range []int{8, 16, 32, 48, 128} {
						a, b := kerneltest.Normal(m*k, m%4, 1), kerneltest.Normal(k*n, k%4, 2)
						got, want := kerneltest.NewGuarded(m*n, 1), kerneltest.Normal(m*n, 0, 3)
						copy(got.Data, want)
						v.product(got.Data, a, b, m, k, n)
						productRef(want, a, b, m, k, n)
						kerneltest.Near(t, got.Data, want, 1e-5)
						got.Check(t)
					}
				}
			}
		})
	}
}

func TestSoften(t *testing.T) {
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			for seen := -1; seen <= Block; seen++ {
				for _, before := range []state{{float32(math.Inf(-1)), 0}, {-1, 0.5}, {0.3, 2}, {50, 1}} {
					got, want := kerneltest.NewGuarded(Block, 1), kerneltest.Normal(Block, 0, uint64(seen+1))
					copy(got.Data, want)
					if seen >= 0 && seen < Block {
						got.Data[seen] = float32(math.NaN()) // must not be looked at
					}
					o, oWant := kerneltest.NewGuarded(24, 0), kerneltest.Normal(24, 0, 9)
					copy(o.Data, oWant)
					st, stWant := before, before
					v.soften((*[Block]float32)(got.Data), seen, &st, o.Data)
					softenRef((*[Block]float32)(want), seen, &stWant, oWant)
					kerneltest.Near(t, got.Data, want, 3e-7)
					kerneltest.Near(t, o.Data, oWant, 3e-7)
					kerneltest.Near(t, []float32{st.most, st.sum}, []float32{stWant.most, stWant.sum}, 1e-6)
					got.Check(t)
					o.Check(t)
				}
			}
		})
	}
}

func TestAttendRefuses(t *testing.T) {
	s := Shape{4, 2, 8, 1}
	k := cache(s, 20, 16, true, 1)
	x := make([]float32, 32)
	for name, f := range map[string]func(){
		"odd groups":     func() { Attend(x, x, Shape{4, 3, 8, 1}, k, k, 1, 1, 0, 1, new(Scratch)) },
		"odd dim":        func() { Attend(x, x, Shape{4, 2, 7, 1}, k, k, 1, 1, 0, 1, new(Scratch)) },
		"short q":        func() { Attend(x, x[1:], s, k, k, 1, 1, 0, 2, new(Scratch)) },
		"no positions":   func() { Attend(x, x, s, k, k, 1, 0, 0, 2, new(Scratch)) },
		"too many":       func() { Attend(x, x, s, k, k, 1, 33, 0, 2, new(Scratch)) },
		"head after end": func() { Attend(x, x, s, k, k, 1, 1, 0, 3, new(Scratch)) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			f()
		})
	}
}

// BenchmarkAttend has the heads of Qwen2.5 0.5B and 1.5B: one query, and a block of a prompt. GMAC/s
// counts two multiplications for each query head, position and element.
func BenchmarkAttend(b *testing.B) {
	for _, v := range variants {
		for _, s := range []Shape{{14, 2, 64, 0.125}, {12, 2, 128, 0.088}} {
			for _, c := range []struct{ rows, n int }{{1, 512}, {1, 4096}, {64, 512}, {64, 4096}} {
				b.Run(fmt.Sprintf("%s/dim=%d/rows=%d/n=%d", v.name, s.Dim, c.rows, c.n), func(b *testing.B) {
					keys, values := cache(s, c.n+c.rows-1, 64, true, 1), cache(s, c.n+c.rows-1, 64, true, 2)
					size := c.rows * s.Heads * s.Dim
					q, dst := kerneltest.Normal(size, 0, 3), make([]float32, size)
					b.SetBytes(int64(c.n * s.KVHeads * s.Dim * 4)) // keys and values, once
					for b.Loop() {
						attendAll(&v.steps, dst, q, s, keys, values, c.rows, c.n)
					}
					macs := 2 * float64(c.rows*s.Heads*s.Dim) * (float64(c.n) + float64(c.rows-1)/2)
					b.ReportMetric(macs*float64(b.N)/b.Elapsed().Seconds()/1e9, "GMAC/s")
				})
			}
		}
	}
}
