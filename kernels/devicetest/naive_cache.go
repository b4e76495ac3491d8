package devicetest

import (
	"math"

	"github.com/qwen-agent/qwen-agent/kernels"
	"github.com/qwen-agent/qwen-agent/kernels/half"
	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

type cache struct {
	shape        kernels.CacheShape
	keys, values map[place][]float32 // as the cache's type rounds them
}

type place struct {
	layer, head, token int
	page               int32
}

func (c *cache) Shape() kernels.CacheShape { return c.shape }

// positions returns the position of each row and checks that the spans cover all of them.
func (d *Naive) positions(op string, rows int, spans []kernels.Span) []int {
	var out []int
	for _, s := range spans {
		d.must(op, s.Row == len(out) && s.Len > 0 && s.Pos >= 0, "a span begins at row %d, want %d", s.Row, len(out))
		for i := range s.Len {
			out = append(out, s.Pos+i)
		}
	}
	d.must(op, len(out) == rows, "spans have %d rows, the batch %d", len(out), rows)
	return out
}

// Rope turns each pair (i, i+D/2) by position * base^(-2i/D).
func (d *Naive) Rope(x kernels.Buffer, r kernels.Rotation, spans []kernels.Span) {
	a, rot := x.(*matrix), r.(*rotation)
	half := rot.dim / 2
	for t, pos := range d.positions("Rope", a.rows, spans) {
		d.must("Rope", pos < rot.positions && a.cols%rot.dim == 0, "position %d of %d", pos, rot.positions)
		for h := 0; h < a.cols; h += rot.dim {
			v := a.row(t)[h : h+rot.dim]
			for i := range half {
				sin, cos := math.Sincos(float64(pos) * math.Pow(rot.base, -2*float64(i)/float64(rot.dim)))
				p, q := float64(v[i]), float64(v[i+half])
				v[i], v[i+half] = float32(p*cos-q*sin), float32(q*cos+p*sin)
			}
		}
	}
}

// each calls f for every row with its span and position.
func each(spans []kernels.Span, f func(row, pos int, s kernels.Span)) {
	for _, s := range spans {
		for i := range s.Len {
			f(s.Row+i, s.Pos+i, s)
		}
	}
}

// Append stores what is left after rounding.
func (d *Naive) Append(c kernels.Cache, layer int, k, v kernels.Buffer, spans []kernels.Span) {
	kk, vv, kv := k.(*matrix), v.(*matrix), c.(*cache)
	d.positions("Append", kk.rows, spans)
	d.must("Append", kk.rows == vv.rows && kk.cols == vv.cols && kk.cols == kv.shape.Heads*kv.shape.Dim && layer < kv.shape.Layers, "shapes differ")
	each(spans, func(row, pos int, s kernels.Span) {
		for h := range kv.shape.Heads {
			at := place{layer, h, pos % kv.shape.Tokens, s.Pages[pos/kv.shape.Tokens]}
			d.must("Append", int(at.page) < kv.shape.Pages, "page %d of %d", at.page, kv.shape.Pages)
			kv.keys[at] = round(kv.shape.Type, kk.row(row)[h*kv.shape.Dim:(h+1)*kv.shape.Dim])
			kv.values[at] = round(kv.shape.Type, vv.row(row)[h*kv.shape.Dim:(h+1)*kv.shape.Dim])
		}
	})
}

// round returns x as a type has it: float16, or blocks of 32 with the largest absolute value at 127, whose
// scale is a float16.
func round(t quant.Type, x []float32) []float32 {
	out := make([]float32, len(x))
	if t == quant.F16 {
		for i, v := range x {
			out[i] = half.Float32(half.FromFloat32(v))
		}
		return out
	}
	for b := 0; b < len(x); b += 32 {
		most := 0.0
		for _, v := range x[b:][:32] {
			most = max(most, math.Abs(float64(v)))
		}
		if most == 0 {
			continue
		}
		scale := half.Float32(half.FromFloat32(float32(most / 127)))
		for i, v := range x[b:][:32] {
			out[b+i] = scale * float32(math.RoundToEven(float64(v)*127/most))
		}
	}
	return out
}

// Attend is softmax(q·K/sqrt(D))·V, position by position.
func (d *Naive) Attend(dst, q kernels.Buffer, c kernels.Cache, layer int, spans []kernels.Span) {
	y, a, kv := dst.(*matrix), q.(*matrix), c.(*cache)
	dim := kv.shape.Dim
	d.positions("Attend", a.rows, spans)
	d.must("Attend", y.rows == a.rows && y.cols == a.cols && y != a && a.cols%(dim*kv.shape.Heads) == 0, "shapes differ")
	group := a.cols / dim / kv.shape.Heads
	each(spans, func(row, pos int, s kernels.Span) {
		for h := range a.cols / dim {
			scores := make([]float64, pos+1)
			most := math.Inf(-1)
			at := func(p int) place { return place{layer, h / group, p % kv.shape.Tokens, s.Pages[p/kv.shape.Tokens]} }
			for p := range scores {
				key, ok := kv.keys[at(p)]
				d.must("Attend", ok, "position %d was never appended", p)
				for i, v := range a.row(row)[h*dim : (h+1)*dim] {
					scores[p] += float64(v) * float64(key[i])
				}
				scores[p] /= math.Sqrt(float64(dim))
				most = math.Max(most, scores[p])
			}
			var sum float64
			out := make([]float64, dim)
			for p, score := range scores {
				e := math.Exp(score - most)
				sum += e
				for i, v := range kv.values[at(p)] {
					out[i] += e * float64(v)
				}
			}
			for i, v := range out {
				y.row(row)[h*dim+i] = float32(v / sum)
			}
		}
	})
}

// CopyPage copies what was written to src.
func (d *Naive) CopyPage(c kernels.Cache, dst, src int32) {
	kv := c.(*cache)
	d.must("CopyPage", dst != src && int(dst) < kv.shape.Pages && int(src) < kv.shape.Pages, "%d to %d", src, dst)
	for _, m := range []map[place][]float32{kv.keys, kv.values} {
		for layer := range kv.shape.Layers {
			for head := range kv.shape.Heads {
				for token := range kv.shape.Tokens {
					to := place{layer, head, token, dst}
					if v, ok := m[place{layer, head, token, src}]; ok {
						m[to] = v
					} else {
						delete(m, to)
					}
				}
			}
		}
	}
}
