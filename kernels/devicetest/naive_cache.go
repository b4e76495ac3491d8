package devicetest

import (
	"encoding/binary"
	"math"

	"github.com/qwen-agent/qwen-agent/kernels"
	"github.com/qwen-agent/qwen-agent/kernels/half"
)

type cache struct {
	shape  kernels.CacheShape
	keys   map[place][]uint16
	values map[place][]uint16
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

// Append stores float16.
func (d *Naive) Append(c kernels.Cache, layer int, k, v kernels.Buffer, spans []kernels.Span) {
	kk, vv, kv := k.(*matrix), v.(*matrix), c.(*cache)
	d.positions("Append", kk.rows, spans)
	d.must("Append", kk.rows == vv.rows && kk.cols == vv.cols && kk.cols == kv.shape.Heads*kv.shape.Dim && layer < kv.shape.Layers, "shapes differ")
	each(spans, func(row, pos int, s kernels.Span) {
		for h := range kv.shape.Heads {
			at := place{layer, h, pos % kv.shape.Tokens, s.Pages[pos/kv.shape.Tokens]}
			d.must("Append", int(at.page) < kv.shape.Pages, "page %d of %d", at.page, kv.shape.Pages)
			kv.keys[at] = encode(kk.row(row)[h*kv.shape.Dim : (h+1)*kv.shape.Dim])
			kv.values[at] = encode(vv.row(row)[h*kv.shape.Dim : (h+1)*kv.shape.Dim])
		}
	})
}

func encode(x []float32) []uint16 {
	out := make([]uint16, len(x))
	for i, v := range x {
		out[i] = half.FromFloat32(v)
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
					scores[p] += float64(v) * float64(half.Float32(key[i]))
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
					out[i] += e * float64(half.Float32(v))
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
	for _, m := range []map[place][]uint16{kv.keys, kv.values} {
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

// missing stands for an element of a place that was not written, in the bytes of a page. It is a NaN.
const missing = 0xffff

// SavePage writes the keys and then the values of all places.
func (d *Naive) SavePage(dst []byte, c kernels.Cache, page int32) {
	at := 0
	d.elements("SavePage", c.(*cache), page, len(dst), func(m map[place][]uint16, to place, i int) {
		v := uint16(missing)
		if x, ok := m[to]; ok {
			v = x[i]
		}
		binary.LittleEndian.PutUint16(dst[at:], v)
		at += 2
	})
}

// LoadPage is the inverse of SavePage.
func (d *Naive) LoadPage(c kernels.Cache, page int32, src []byte) {
	kv := c.(*cache)
	at := 0
	d.elements("LoadPage", kv, page, len(src), func(m map[place][]uint16, to place, i int) {
		v := binary.LittleEndian.Uint16(src[at:])
		at += 2
		switch {
		case v == missing:
			delete(m, to)
		case m[to] == nil || i == 0:
			m[to] = make([]uint16, kv.shape.Dim)
			fallthrough
		default:
			m[to][i] = v
		}
	})
}

// elements calls f for every element of a page, keys first.
func (d *Naive) elements(op string, c *cache, page int32, size int, f func(m map[place][]uint16, to place, i int)) {
	s := c.shape
	d.must(op, page >= 0 && int(page) < s.Pages && size == s.PageBytes(), "page %d of %d, %d bytes", page, s.Pages, size)
	for _, m := range []map[place][]uint16{c.keys, c.values} {
		for layer := range s.Layers {
			for head := range s.Heads {
				for token := range s.Tokens {
					for i := range s.Dim {
						f(m, place{layer, head, token, page}, i)
					}
				}
			}
		}
	}
}
