// Package devicetest has a second, plain implementation of kernels.Device, and the tests
// that compare a device with it.
package devicetest

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/qwen-agent/qwen-agent/kernels"
	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

// Naive carries out each operation as its formula stands, on one goroutine. Sums are in
// float64, weights are dequantised to float32 and activations stay float32, so it is the
// exact model, up to the rounding of what it stores. It checks its arguments and counts
// the calls.
type Naive struct {
	Calls map[string]int

	ctx kernels.Ender // from Watch to Sync, else context.Background()
}

// NewNaive returns a device.
func NewNaive() *Naive { return &Naive{Calls: map[string]int{}, ctx: context.Background()} }

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

// Prepare has nothing to do.
func (d *Naive) Prepare(kernels.Weight) { d.Calls["Prepare"]++ }

// Buffer allocates.
func (d *Naive) Buffer(rows, cols int) (kernels.Buffer, error) {
	d.Calls["Buffer"]++
	return &matrix{rows: rows, cols: cols, most: rows, data: make([]float32, rows*cols)}, nil
}

// Cache makes an empty cache. Reading a place that was not written panics.
func (d *Naive) Cache(shape kernels.CacheShape) (kernels.Cache, error) {
	d.Calls["Cache"]++
	if shape.Type != quant.F16 && (shape.Type != quant.Q8_0 || shape.Dim%32 != 0) {
		return nil, fmt.Errorf("devicetest: Cache: heads of %d in %v", shape.Dim, shape.Type)
	}
	return &cache{shape: shape, keys: map[place][]byte{}, values: map[place][]byte{}}, nil
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

// Estimate computes the products.
func (d *Naive) Estimate(dst, x kernels.Buffer, w kernels.Weight) {
	d.Linear(x, kernels.Output{Dst: dst, Weight: w})
	d.Calls["Linear"]--
	d.Calls["Estimate"]++
}

// Greatest sorts the products.
func (d *Naive) Greatest(dst []float32, estimates, x kernels.Buffer, w kernels.Weight, row, k int, ids []int32) (float32, error) {
	a, m := x.(*matrix), w.(*matrix)
	d.must("Greatest", row < a.rows && a.cols == m.cols && len(dst) == m.rows && (k == 0 || k == m.rows || estimates != nil), "%d of row %d of (%d, %d) and (%d, %d) into %d", k, row, a.rows, a.cols, m.rows, m.cols, len(dst))
	one, all := &matrix{rows: 1, cols: a.cols, data: a.row(row)}, &matrix{rows: 1, cols: m.rows, data: make([]float32, m.rows)}
	d.Estimate(all, one, w)
	floor := float32(math.Inf(1))
	if k > 0 {
		floor = slices.Sorted(slices.Values(all.data))[max(0, m.rows-k)]
	}
	for r, v := range all.data {
		dst[r] = float32(math.Inf(-1))
		if v >= floor || slices.Contains(ids, int32(r)) {
			dst[r] = v
		}
	}
	return floor, nil
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

// Write copies a row.
func (d *Naive) Write(x kernels.Buffer, row int, src []float32) {
	a := x.(*matrix)
	d.must("Write", row < a.rows && len(src) == a.cols, "row %d of (%d, %d) from %d", row, a.rows, a.cols, len(src))
	copy(a.row(row), src)
}

// Read copies a row.
func (d *Naive) Read(dst []float32, x kernels.Buffer, row int) error {
	a := x.(*matrix)
	d.must("Read", row < a.rows && len(dst) == a.cols, "row %d of (%d, %d) into %d", row, a.rows, a.cols, len(dst))
	copy(dst, a.row(row))
	return nil
}

// Watch remembers ctx for Sync; no operation is left undone.
func (d *Naive) Watch(ctx kernels.Ender) { d.ctx = ctx }

// Sync has nothing to wait for.
func (d *Naive) Sync() error {
	err := d.ctx.Err()
	d.ctx = context.Background()
	return err
}

// Close has nothing to free.
func (d *Naive) Close() error { return nil }

var _ kernels.Device = (*Naive)(nil)
