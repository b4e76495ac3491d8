// Package devicetest has a second, plain implementation of kernels.Device, and the tests
// that compare a device with it.
package devicetest

import (
	"fmt"
	"math"

	"github.com/qwen-agent/qwen-agent/kernels"
	"github.com/qwen-agent/qwen-agent/kernels/half"
	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

// Naive carries out each operation as its formula stands, on one goroutine. Sums are in
// float64, weights are dequantised to float32 and activations stay float32, so it is the
// exact model, up to the rounding of what it stores. It checks its arguments and counts
// the calls.
type Naive struct {
	Calls map[string]int
}

// NewNaive returns a device.
func NewNaive() *Naive { return &Naive{Calls: map[string]int{}} }

type matrix struct {
	rows, cols, most int
	data             []float32
}

func (m *matrix) Rows() int { return m.rows }
func (m *matrix) Cols() int { return m.cols }

func (m *matrix) Resize(rows int) {
	if rows < 0 || rows > m.most {
		panic(fmt.Sprintf("devicetest: Resize to %d rows of at most %d", rows, m.most))
	}
	m.rows = rows
}

func (m *matrix) row(i int) []float32 { return m.data[i*m.cols : (i+1)*m.cols] }

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

type rotation struct {
	dim, positions int
	base           float64
}

func (r *rotation) Dim() int       { return r.dim }
func (r *rotation) Positions() int { return r.positions }

func (d *Naive) must(op string, ok bool, format string, args ...any) {
	d.Calls[op]++
	if !ok {
		panic("devicetest: " + op + ": " + fmt.Sprintf(format, args...))
	}
}

// Weight dequantises the whole matrix.
func (d *Naive) Weight(t quant.Type, rows, cols int, data []byte) (kernels.Weight, error) {
	d.Calls["Weight"]++
	if rows < 1 || cols < 1 || !t.Supported() {
		return nil, fmt.Errorf("devicetest: Weight: (%d, %d) of %v", rows, cols, t)
	}
	w := &matrix{rows: rows, cols: cols, data: make([]float32, rows*cols)}
	quant.Dequantize(w.data, t, data)
	return w, nil
}

// Buffer allocates.
func (d *Naive) Buffer(rows, cols int) (kernels.Buffer, error) {
	d.Calls["Buffer"]++
	return &matrix{rows: rows, cols: cols, most: rows, data: make([]float32, rows*cols)}, nil
}

// Cache makes an empty cache. Reading a place that was not written panics.
func (d *Naive) Cache(shape kernels.CacheShape) (kernels.Cache, error) {
	d.Calls["Cache"]++
	return &cache{shape: shape, keys: map[place][]uint16{}, values: map[place][]uint16{}}, nil
}

// Rotation keeps the numbers; Rope computes the angles.
func (d *Naive) Rotation(dim, positions int, base float64) (kernels.Rotation, error) {
	d.Calls["Rotation"]++
	return &rotation{dim: dim, positions: positions, base: base}, nil
}

// Embed copies rows.
func (d *Naive) Embed(dst kernels.Buffer, table kernels.Weight, ids []int32) {
	y, w := dst.(*matrix), table.(*matrix)
	d.must("Embed", y.rows == len(ids) && y.cols == w.cols, "%d ids of %d into (%d, %d)", len(ids), w.cols, y.rows, y.cols)
	for t, id := range ids {
		copy(y.row(t), w.row(int(id)))
	}
}

// Norm is dst[t,i] = x[t,i] * w[i] / sqrt(mean(x[t]²) + eps).
func (d *Naive) Norm(dst, x kernels.Buffer, w kernels.Weight, eps float32) {
	y, a, g := dst.(*matrix), x.(*matrix), w.(*matrix)
	d.must("Norm", y.rows == a.rows && y.cols == a.cols && g.rows == 1 && g.cols == a.cols, "shapes differ")
	for t := range a.rows {
		var sum float64
		for _, v := range a.row(t) {
			sum += float64(v) * float64(v)
		}
		scale := 1 / math.Sqrt(sum/float64(a.cols)+float64(eps))
		for i, v := range a.row(t) {
			y.row(t)[i] = float32(float64(v) * scale * float64(g.data[i]))
		}
	}
}

// Linear is a dot product an element.
func (d *Naive) Linear(x kernels.Buffer, outs ...kernels.Output) {
	a := x.(*matrix)
	for _, o := range outs {
		y, w := o.Dst.(*matrix), o.Weight.(*matrix)
		d.must("Linear", y.rows == a.rows && y.cols == w.rows && a.cols == w.cols && y != a, "(%d, %d) by (%d, %d) into (%d, %d)", a.rows, a.cols, w.rows, w.cols, y.rows, y.cols)
		for t := range a.rows {
			for r := range w.rows {
				var sum float64
				for i, v := range w.row(r) {
					sum += float64(v) * float64(a.row(t)[i])
				}
				if o.Bias != nil {
					sum += float64(o.Bias.(*matrix).data[r])
				}
				if o.Add {
					sum += float64(y.row(t)[r])
				}
				y.row(t)[r] = float32(sum)
			}
		}
	}
}

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

// SwiGLU is gate/(1+exp(-gate)) * up.
func (d *Naive) SwiGLU(dst, gate, up kernels.Buffer) {
	y, g, u := dst.(*matrix), gate.(*matrix), up.(*matrix)
	d.must("SwiGLU", y.rows == g.rows && y.rows == u.rows && y.cols == g.cols && y.cols == u.cols, "shapes differ")
	for i := range y.rows * y.cols {
		v := float64(g.data[i])
		y.data[i] = float32(v / (1 + math.Exp(-v)) * float64(u.data[i]))
	}
}

// Add is dst += x.
func (d *Naive) Add(dst, x kernels.Buffer) {
	y, a := dst.(*matrix), x.(*matrix)
	d.must("Add", y.rows == a.rows && y.cols == a.cols, "shapes differ")
	for i := range y.rows * y.cols {
		y.data[i] += a.data[i]
	}
}

// Gather copies rows.
func (d *Naive) Gather(dst, x kernels.Buffer, rows []int32) {
	y, a := dst.(*matrix), x.(*matrix)
	d.must("Gather", y.rows == len(rows) && y.cols == a.cols && y != a, "%d rows into (%d, %d)", len(rows), y.rows, y.cols)
	for i, r := range rows {
		d.must("Gather", int(r) < a.rows, "row %d of %d", r, a.rows)
		copy(y.row(i), a.row(int(r)))
	}
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

// Read copies a row.
func (d *Naive) Read(dst []float32, x kernels.Buffer, row int) error {
	a := x.(*matrix)
	d.must("Read", row < a.rows && len(dst) == a.cols, "row %d of (%d, %d) into %d", row, a.rows, a.cols, len(dst))
	copy(dst, a.row(row))
	return nil
}

// Sync has nothing to wait for.
func (d *Naive) Sync() error { return nil }

// Close has nothing to free.
func (d *Naive) Close() error { return nil }

var _ kernels.Device = (*Naive)(nil)
