package attn

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"github.com/qwen-agent/qwen-agent/kernels/kerneltest"
	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

// cache returns pages with random keys and values for n positions. Pages lie in an order of their own,
// with one that belongs to nobody. All places that were not written have NaNs or, in Q8_0, a NaN for a scale.
func cache(s Shape, typ quant.Type, n, tokens int) Pages {
	pages := (n + tokens - 1) / tokens
	p := Pages{Layout: Layout{typ, s.KVHeads, tokens, s.Dim}, Offset: 24}
	p.Stride = p.Bytes() + 8
	p.Data = bytes.Repeat([]byte{0x7e}, p.Offset+(pages+1)*p.Stride)
	for i := range pages {
		p.Table = append(p.Table, int32(pages-i))
	}
	if pages > 2 {
		p.Table[0], p.Table[1] = p.Table[1], 0
	}
	k, v := kerneltest.Normal(n*s.KVHeads*s.Dim, 0, 1), kerneltest.Normal(n*s.KVHeads*s.Dim, 0, 2)
	fill(p, n, k, v)
	return p
}

func fill(p Pages, n int, k, v []float32) {
	width := p.KVHeads * p.Dim
	var scratch Scratch
	for pos := range n {
		Store(p, pos, k[pos*width:][:width], v[pos*width:][:width], &scratch)
	}
}

// with makes a variant the active one.
func with(do steps) (restore func()) {
	was := active
	active = do
	return func() { active = was }
}

func attendAll(do steps, dst, q []float32, s Shape, kv Pages, rows, n int) {
	defer with(do)()
	Attend(dst, q, s, kv, rows, n, 0, s.KVHeads, new(Scratch))
}

var types = []quant.Type{quant.F16, quant.Q8_0}

// TestAttend compares with the meaning, from which the rounding of scores is up to 5e-4 away, and all
// variants, which round in the same way, with plain Go.
func TestAttend(t *testing.T) {
	for _, v := range variants {
		for _, s := range []Shape{{14, 2, 64, 0.125}, {12, 2, 128, 0.088}, {4, 4, 8, 0.3}, {6, 2, 24, 0.2}, {16, 1, 32, 0.2}, {3, 3, 32, 0.2}} {
			for _, typ := range types {
				for _, tokens := range []int{16, 32, 64, 5, 128} {
					if (Layout{typ, s.KVHeads, tokens, s.Dim}).Check() != nil {
						continue
					}
					t.Run(fmt.Sprintf("%s/%d on %d of %d/%v/pages of %d", v.name, s.Heads, s.KVHeads, s.Dim, typ, tokens), func(t *testing.T) {
						for i, n := range []int{1, 2, 15, 16, 17, 31, 63, 64, 65, 100} {
							for _, rows := range []int{1, 6} {
								kv := cache(s, typ, n+rows-1, tokens)
								size := rows * s.Heads * s.Dim
								q, got, want := kerneltest.Normal(size, i%4, 3), kerneltest.NewGuarded(size, i%4), make([]float32, size)
								attendAll(v.steps, got.Data, q, s, kv, rows, n)
								attendRef(want, q, s, kv, rows, n)
								kerneltest.Near(t, got.Data, want, 5e-4)
								attendAll(reference, want, q, s, kv, rows, n)
								kerneltest.Near(t, got.Data, want, 2e-6)
								got.Check(t)
							}
						}
					})
				}
			}
		}
	}
}

// TestAttendParts checks that an output has the same bits alone, in a batch, for any division of the
// heads, and of the positions.
func TestAttendParts(t *testing.T) {
	for _, v := range variants {
		for _, typ := range types {
			t.Run(fmt.Sprintf("%s/%v", v.name, typ), func(t *testing.T) {
				defer with(v.steps)()
				s := Shape{14, 2, 64, 0.125}
				const rows, n = 14, Part - 5
				kv := cache(s, typ, n+rows-1, 32)
				width := s.Heads * s.Dim
				q, whole := kerneltest.Normal(rows*width, 0, 3), make([]float32, rows*width)
				attendAll(v.steps, whole, q, s, kv, rows, n)
				var scratch Scratch
				for i := range rows {
					one := kerneltest.NewGuarded(width, 0)
					Attend(one.Data, q[i*width:][:width], s, kv, 1, n+i, 1, 2, &scratch)
					for j, x := range one.Data[:width/2] {
						if x != 1e30 {
							t.Fatalf("element %d of a head that was not asked for is %v", j, x)
						}
					}
					Attend(one.Data, q[i*width:][:width], s, kv, 1, n+i, 0, 1, &scratch)
					kerneltest.Equal(t, one.Data, whole[i*width:][:width])
				}
				parts := make([]Partial, Parts(s.Tile(), n))
				for r := 0; r < rows; r += s.Tile() {
					m := min(s.Tile(), rows-r)
					got := kerneltest.NewGuarded(m*width, 0)
					for h := range s.KVHeads {
						parts = slices.Grow(parts[:0], Parts(m, n+r))[:Parts(m, n+r)]
						for i := len(parts) - 1; i >= 0; i-- { // in any order
							AttendPart(&parts[i], q[r*width:][:m*width], s, kv, m, n+r, h, i, &scratch)
						}
						Merge(got.Data, s, m, h, parts)
					}
					kerneltest.Equal(t, got.Data, whole[r*width:][:m*width])
					got.Check(t)
				}
			})
		}
	}
}

// TestAttendLong has several parts, whose merging must agree with the meaning.
func TestAttendLong(t *testing.T) {
	s := Shape{4, 1, 32, 0.2}
	const rows, n = 3, 3*Part - 1
	q, want := kerneltest.Normal(rows*4*32, 0, 3), make([]float32, rows*4*32)
	for _, typ := range types {
		kv := cache(s, typ, n+rows-1, 64)
		attendRef(want, q, s, kv, rows, n)
		for _, v := range variants {
			got := make([]float32, len(want))
			attendAll(v.steps, got, q, s, kv, rows, n)
			kerneltest.Near(t, got, want, 3e-5)
		}
	}
}

// TestAttendExtremes has scores far apart: the largest takes all, and nothing overflows.
func TestAttendExtremes(t *testing.T) {
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			s := Shape{1, 1, 16, 1}
			const n = 2 * Part
			kv := cache(s, quant.F16, n, 16)
			k := make([]float32, n*s.Dim)
			for i := range k {
				k[i] = float32(i/s.Dim-550) * 100
			}
			fill(kv, n, k, kerneltest.Normal(n*s.Dim, 0, 2))
			for _, sign := range []float32{1, -1} {
				q, got, want := make([]float32, s.Dim), make([]float32, s.Dim), make([]float32, s.Dim)
				for i := range q {
					q[i] = sign * 1000
				}
				attendAll(v.steps, got, q, s, kv, 1, n)
				attendRef(want, q, s, kv, 1, n)
				kerneltest.Near(t, got, want, 1e-6)
			}
			clear(k)
			fill(kv, n, k, kerneltest.Normal(n*s.Dim, 0, 2))
			q, got, want := kerneltest.Normal(s.Dim, 0, 1), make([]float32, s.Dim), make([]float32, s.Dim)
			attendAll(v.steps, got, q, s, kv, 1, n) // keys of length zero
			attendRef(want, q, s, kv, 1, n)
			kerneltest.Near(t, got, want, 1e-6)
		})
	}
}

func TestAttendRefuses(t *testing.T) {
	s := Shape{4, 2, 8, 1}
	kv := cache(s, quant.F16, 20, 16)
	x := make([]float32, 32)
	odd := kv
	odd.Dim = 7
	other := kv
	other.Type = quant.Q4_0
	for name, f := range map[string]func(){
		"odd groups":     func() { Attend(x, x, Shape{4, 3, 8, 1}, kv, 1, 1, 0, 1, new(Scratch)) },
		"odd dim":        func() { Attend(x, x, Shape{4, 2, 7, 1}, odd, 1, 1, 0, 1, new(Scratch)) },
		"another type":   func() { Attend(x, x, s, other, 1, 1, 0, 1, new(Scratch)) },
		"another dim":    func() { Attend(x, x, Shape{2, 2, 16, 1}, kv, 1, 1, 0, 1, new(Scratch)) },
		"short q":        func() { Attend(x, x[1:], s, kv, 1, 1, 0, 2, new(Scratch)) },
		"no positions":   func() { Attend(x, x, s, kv, 1, 0, 0, 2, new(Scratch)) },
		"too many":       func() { Attend(x, x, s, kv, 1, 33, 0, 2, new(Scratch)) },
		"head after end": func() { Attend(x, x, s, kv, 1, 1, 0, 3, new(Scratch)) },
		"part after end": func() { AttendPart(new(Partial), x, s, kv, 1, 20, 0, 1, new(Scratch)) },
		"no parts":       func() { Merge(x, s, 1, 0, nil) },
		"empty part":     func() { Merge(x, s, 1, 0, make([]Partial, 1)) },
		"store too far":  func() { Store(kv, 32, x[:16], x[:16], new(Scratch)) },
		"short key":      func() { Store(kv, 0, x[:15], x[:16], new(Scratch)) },
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
		for _, typ := range types {
			for _, s := range []Shape{{14, 2, 64, 0.125}, {12, 2, 128, 0.088}} {
				for _, c := range []struct{ rows, n int }{{1, 512}, {1, 4096}, {64, 512}, {64, 4096}} {
					b.Run(fmt.Sprintf("%s/%v/dim=%d/rows=%d/n=%d", v.name, typ, s.Dim, c.rows, c.n), func(b *testing.B) {
						kv := cache(s, typ, c.n+c.rows-1, 64)
						size := c.rows * s.Heads * s.Dim
						q, dst := kerneltest.Normal(size, 0, 3), make([]float32, size)
						b.SetBytes(int64(2 * typ.Bytes(c.n*s.KVHeads*s.Dim))) // keys and values, once
						defer with(v.steps)()
						var scratch Scratch
						for b.Loop() {
							Attend(dst, q, s, kv, c.rows, c.n, 0, s.KVHeads, &scratch)
						}
						macs := 2 * float64(c.rows*s.Heads*s.Dim) * (float64(c.n) + float64(c.rows-1)/2)
						b.ReportMetric(macs*float64(b.N)/b.Elapsed().Seconds()/1e9, "GMAC/s")
					})
				}
			}
		}
	}
}
