package devicetest

import (
	"bytes"
	"encoding/binary"
	"math"

	"github.com/qwen-agent/qwen-agent/kernels"
	"github.com/qwen-agent/qwen-agent/kernels/half"
	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

type cache struct {
	shape        kernels.CacheShape
	keys, values map[place][]byte // in the cache's type
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
			kv.keys[at] = encode(kv.shape.Type, kk.row(row)[h*kv.shape.Dim:(h+1)*kv.shape.Dim])
			kv.values[at] = encode(kv.shape.Type, vv.row(row)[h*kv.shape.Dim:(h+1)*kv.shape.Dim])
		}
	})
}

// encode returns x in a type: float16, or blocks of 32 with the largest absolute value at 127, behind a float16
// scale.
func encode(t quant.Type, x []float32) (out []byte) {
	f16 := func(v float32) { out = binary.LittleEndian.AppendUint16(out, half.FromFloat32(v)) }
	if t == quant.F16 {
		for _, v := range x {
			f16(v)
		}
		return out
	}
	for b := 0; b < len(x); b += 32 {
		most := 0.0
		for _, v := range x[b:][:32] {
			most = max(most, math.Abs(float64(v)))
		}
		f16(float32(most / 127))
		for _, v := range x[b:][:32] {
			out = append(out, byte(int8(math.RoundToEven(float64(v)*127/max(most, 1e-30)))))
		}
	}
	return out
}

// decode is the inverse of encode.
func (c *cache) decode(row []byte) []float32 {
	out := make([]float32, c.shape.Dim)
	quant.Dequantize(out, c.shape.Type, row)
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
				stored, ok := kv.keys[at(p)]
				d.must("Attend", ok, "position %d was never appended", p)
				key := kv.decode(stored)
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
				for i, v := range kv.decode(kv.values[at(p)]) {
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
	for _, m := range []map[place][]byte{kv.keys, kv.values} {
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

// SavePage writes the keys and then the values of all places.
func (d *Naive) SavePage(dst []byte, c kernels.Cache, page int32) {
	d.rows("SavePage", c.(*cache), page, dst, func(m map[place][]byte, from place, part []byte) {
		copy(part, missing(len(part)))
		copy(part, m[from])
	})
}

// LoadPage is the inverse of SavePage.
func (d *Naive) LoadPage(c kernels.Cache, page int32, src []byte) {
	d.rows("LoadPage", c.(*cache), page, src, func(m map[place][]byte, to place, part []byte) {
		if m[to] = bytes.Clone(part); bytes.Equal(part, missing(len(part))) {
			delete(m, to)
		}
	})
}

// missing stands for a place that was not written: as elements or scales, NaNs.
func missing(n int) []byte { return bytes.Repeat([]byte{0xff}, n) }

// rows calls f for every key and then every value of a page, with its part of data.
func (d *Naive) rows(op string, c *cache, page int32, data []byte, f func(m map[place][]byte, at place, part []byte)) {
	s := c.shape
	d.must(op, page >= 0 && int(page) < s.Pages && len(data) == s.PageBytes(), "page %d of %d, %d bytes", page, s.Pages, len(data))
	size := s.Type.Bytes(s.Dim)
	for _, m := range []map[place][]byte{c.keys, c.values} {
		for layer := range s.Layers {
			for head := range s.Heads {
				for token := range s.Tokens {
					f(m, place{layer, head, token, page}, data[:size])
					data = data[size:]
				}
			}
		}
	}
}
