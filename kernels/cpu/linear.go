package cpu

import (
	"fmt"
	"slices"

	"github.com/qwen-agent/qwen-agent/kernels"
	"github.com/qwen-agent/qwen-agent/kernels/gemm"
)

// Rows of a weight are handed out in chunks: small enough that the workers end together,
// large enough that handing out costs nothing. A multiple of the rows that a kernel
// handles at a time.
const (
	minChunk = 16
	maxChunk = 64
	perWork  = 6 // chunks a worker, at least, if the weight has as many
)

// chunk is the rows [from, to) of one output.
type chunk struct {
	out      kernels.Output
	from, to int
}

// Linear quantises x once and multiplies it with each weight, whose rows are shared out
// over the workers. Bias and sum are added while the products are still in the cache.
func (d *Device) Linear(x kernels.Buffer, outs ...kernels.Output) {
	a := x.(*buffer)
	if a.rows == 0 || d.err != nil {
		return
	}
	for _, o := range outs {
		checkOutput(a, o)
		o.Dst.(*buffer).sketch = nil
		d.pack(o.Weight.(*weight))
	}
	d.linear(a, outs)
}

// linear is Linear for weights in whatever layout they have.
func (d *Device) linear(a *buffer, outs []kernels.Output) {
	quantize, total := false, 0
	for _, o := range outs {
		quantize = quantize || o.Weight.(*weight).quantized()
		total += o.Weight.Rows()
	}
	if quantize {
		d.quantize(a)
	}
	size := total / (d.Threads() * perWork) / minChunk * minChunk
	size = max(minChunk, min(maxChunk, size))
	chunks := d.chunks[:0]
	for _, o := range outs {
		for r := 0; r < o.Weight.Rows(); r += size {
			chunks = append(chunks, chunk{o, r, min(r+size, o.Weight.Rows())})
		}
	}
	d.chunks = chunks
	d.operands = operands{name: "product", x: a, outs: outs}
	d.each(len(chunks), total*a.cols*a.rows, func(d *Device, worker, i int) { d.product(d.x, &d.chunks[i], worker) })
}

func checkOutput(x *buffer, o kernels.Output) {
	y, w := o.Dst.(*buffer), o.Weight.(*weight)
	if y == x || y.rows != x.rows || y.cols != w.Rows() || x.cols != w.Cols() {
		panic(fmt.Sprintf("cpu: Linear: x is %v, the weight (%d, %d), dst %v", x, w.Rows(), w.Cols(), y))
	}
	if o.Bias != nil && len(o.Bias.(*weight).vector) != y.cols {
		panic(fmt.Sprintf("cpu: Linear: a bias of (%d, %d) for %v", o.Bias.Rows(), o.Bias.Cols(), y))
	}
}

func (d *Device) quantize(x *buffer) {
	d.quantized.Resize(x.rows, x.cols)
	d.operands = operands{name: "quantize", x: x}
	d.parts(x.rows, x.cols, partSize, func(d *Device, from, to int) { d.quantized.QuantizeRows(d.x.all(), from, to) })
}

// product computes a chunk of an output, for all rows of x.
func (d *Device) product(x *buffer, c *chunk, worker int) {
	y, w := c.out.Dst.(*buffer), c.out.Weight.(*weight)
	n := c.to - c.from
	dst, stride := y.data[c.from:], y.cols
	if c.out.Add { // the products cannot be written over what they are added to
		d.sums[worker] = slices.Grow(d.sums[worker][:0], x.rows*n)[:x.rows*n]
		dst, stride = d.sums[worker], n
	}
	switch {
	case w.packed != nil:
		p := w.packed.Slice(c.from, c.to)
		gemm.MulPacked(dst, stride, &p, 0, n, &d.quantized)
	case w.quantized():
		m := w.part(c.from, c.to)
		gemm.Mul(dst, stride, &m, 0, n, &d.quantized)
	default:
		m := w.part(c.from, c.to)
		gemm.MulF32(dst, stride, &m, 0, n, x.all(), x.rows)
	}
	if c.out.Bias == nil && !c.out.Add {
		return
	}
	for t := range x.rows {
		row := y.row(t)[c.from:c.to]
		if c.out.Add {
			add(row, dst[t*n:(t+1)*n])
		}
		if c.out.Bias != nil {
			add(row, c.out.Bias.(*weight).vector[c.from:c.to])
		}
	}
}

// part returns the rows [from, to) of a weight.
func (w *weight) part(from, to int) gemm.Matrix {
	row := w.Type.Bytes(w.Cols())
	return gemm.Matrix{Type: w.Type, Rows: to - from, Cols: w.Cols(), Data: w.Data[from*row : to*row]}
}
