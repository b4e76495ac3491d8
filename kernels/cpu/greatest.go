package cpu

import (
	"fmt"
	"math"
	"slices"

	"github.com/qwen-agent/qwen-agent/kernels"
	"github.com/qwen-agent/qwen-agent/kernels/gemm"
	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

// maxBound is the largest bound on an estimate that is used: far below the largest float32.
const maxBound = 1e30

var none = float32(math.Inf(-1))

// finder is the memory of Greatest, which its next call uses again.
type finder struct {
	x      quant.Q8 // the row that is asked about
	ids    []int32  // rows whose products are wanted
	values []float32
	heap   []estimate
	gather []gemm.Gather // a worker
}

// estimate is an estimated product.
type estimate struct {
	value float32
	id    int32
}

// Estimate multiplies with the weight's sketch, if there is one, and notes how large the estimates of each
// group of rows are at most.
func (d *Device) Estimate(dst, x kernels.Buffer, w kernels.Weight) {
	y, a, m := dst.(*buffer), x.(*buffer), w.(*weight)
	checkOutput(a, kernels.Output{Dst: dst, Weight: w})
	y.sketch = nil
	if a.rows == 0 || d.err != nil {
		return
	}
	d.draw(m)
	if !m.sketch.ready() {
		if m.unsketchable {
			d.pack(m)
		}
		d.one[0] = kernels.Output{Dst: dst, Weight: w}
		d.linear(a, d.one[:])
		return
	}
	y.sketch = m.sketch
	d.quantize(a)
	groups := len(m.sketch.wide)
	y.peaks = slices.Grow(y.peaks[:0], a.rows*groups)[:a.rows*groups]
	d.operands = operands{name: "estimate", dst: y, x: a, matrix: m}
	d.each(groups, y.cols*a.cols*a.rows, func(d *Device, _, i int) {
		from := i * sketchGroup
		to := min(from+sketchGroup, d.dst.cols)
		p := d.matrix.sketch.Slice(from, to)
		gemm.MulPacked(d.dst.data[from:], d.dst.cols, &p, 0, to-from, &d.quantized)
		for t := range d.x.rows {
			peak := none
			for _, v := range d.dst.row(t)[from:to] {
				if v > peak {
					peak = v
				}
			}
			d.dst.peaks[t*len(d.matrix.sketch.wide)+i] = peak
		}
	})
}

// Greatest looks for the rows of w that may be among the greatest: the k with the greatest estimates are
// computed, and those whose estimates leave open that they are not less than all of these.
func (d *Device) Greatest(dst []float32, e, x kernels.Buffer, w kernels.Weight, row, k int, ids []int32) (floor float32, err error) {
	a, m := x.(*buffer), w.(*weight)
	y, _ := e.(*buffer)
	all := k >= m.Rows()
	if row < 0 || row >= a.rows || a.cols != m.Cols() || len(dst) != m.Rows() || k < 0 || y == nil && k > 0 && !all || y != nil && (y.rows != a.rows || y.cols != m.Rows()) {
		panic(fmt.Sprintf("cpu: Greatest: %d of row %d of %v and (%d, %d), estimates %v, into %d elements", k, row, a, m.Rows(), m.Cols(), y, len(dst)))
	}
	if y != nil && y.sketch == nil { // these are the products
		copy(dst, y.row(row))
		return none, d.Sync()
	}
	f := &d.finder
	norm := 0.0
	if m.quantized() {
		f.x.Resize(1, a.cols)
		f.x.QuantizeRows(a.row(row), 0, 1)
		norm = f.x.Norm(0)
	}
	if all || y != nil && !(norm*float64(slices.Max(y.sketch.wide)) < maxBound) {
		f.ids = f.ids[:0]
		for id := range dst {
			f.ids = append(f.ids, int32(id))
		}
		d.someProducts(dst, a.row(row), m, f.ids)
		if d.Release != nil {
			d.Release(m.Data)
		}
		return none, d.Sync()
	}
	for i := range dst {
		dst[i] = none
	}
	d.someProducts(dst, a.row(row), m, ids)
	if k == 0 {
		return float32(math.Inf(1)), d.Sync()
	}
	s, estimates := y.sketch, y.row(row)
	groups := len(s.wide)
	peaks := y.peaks[row*groups : (row+1)*groups]
	f.top(estimates, peaks, k)
	f.ids = f.ids[:0]
	for _, c := range f.heap {
		f.ids = append(f.ids, c.id)
	}
	d.someProducts(dst, a.row(row), m, f.ids)
	floor = dst[f.ids[0]]
	for _, id := range f.ids {
		floor = min(floor, dst[id])
	}
	f.ids = f.ids[:0]
	least := float64(floor) - gemm.Slack
	for g, peak := range peaks {
		if float64(peak)+float64(s.wide[g])*norm < least {
			continue
		}
		for r := g * sketchGroup; r < min((g+1)*sketchGroup, len(dst)); r++ {
			if float64(estimates[r])+float64(s.Radius[r])*norm >= least && dst[r] == none {
				f.ids = append(f.ids, int32(r))
			}
		}
	}
	d.someProducts(dst, a.row(row), m, f.ids)
	return floor, d.Sync()
}

// someProducts writes the products of x, which finder has quantised, with the rows ids of w into their
// places of dst.
func (d *Device) someProducts(dst, x []float32, w *weight, ids []int32) {
	const together = 8
	f := &d.finder
	for len(f.gather) < d.Threads() {
		f.gather = append(f.gather, gemm.Gather{})
	}
	f.values = slices.Grow(f.values[:0], len(ids))[:len(ids)]
	d.operands = operands{name: "greatest", matrix: w, ids: ids, vector: x}
	d.each((len(ids)+together-1)/together, len(ids)*w.Cols(), func(d *Device, worker, i int) {
		f, from, to := &d.finder, i*together, min((i+1)*together, len(d.ids))
		if d.matrix.quantized() {
			f.gather[worker].MulRows(f.values[from:to], &d.matrix.Matrix, d.ids[from:to], &f.x, 0)
			return
		}
		for j := from; j < to; j++ {
			m := d.matrix.part(int(d.ids[j]), int(d.ids[j])+1)
			gemm.MulF32(f.values[j:], 1, &m, 0, 1, d.vector, 1)
		}
	})
	if d.err != nil {
		return
	}
	for i, id := range ids {
		dst[id] = f.values[i]
	}
}

// top sets heap to the k greatest estimates, of equal ones to any. The least of them is on top.
func (f *finder) top(estimates, peaks []float32, k int) {
	f.heap = f.heap[:0]
	for g, peak := range peaks {
		if len(f.heap) == k && peak <= f.heap[0].value {
			continue
		}
		for r := g * sketchGroup; r < min((g+1)*sketchGroup, len(estimates)); r++ {
			e := estimate{estimates[r], int32(r)}
			switch {
			case len(f.heap) < k:
				f.heap = append(f.heap, e)
				for i := len(f.heap) - 1; i > 0 && f.heap[i].value < f.heap[(i-1)/2].value; i = (i - 1) / 2 {
					f.heap[i], f.heap[(i-1)/2] = f.heap[(i-1)/2], f.heap[i]
				}
			case e.value > f.heap[0].value:
				f.heap[0] = e
				sink(f.heap)
			}
		}
	}
}

// sink restores a heap whose top may be too great.
func sink(heap []estimate) {
	for i := 0; ; {
		least := i
		for c := 2*i + 1; c <= 2*i+2 && c < len(heap); c++ {
			if heap[c].value < heap[least].value {
				least = c
			}
		}
		if least == i {
			return
		}
		heap[i], heap[least] = heap[least], heap[i]
		i = least
	}
}
