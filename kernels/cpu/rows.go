package cpu

import (
	"fmt"

	"github.com/qwen-agent/qwen-agent/kernels"
	"github.com/qwen-agent/qwen-agent/kernels/act"
	"github.com/qwen-agent/qwen-agent/kernels/norm"
	"github.com/qwen-agent/qwen-agent/kernels/quant"
	"github.com/qwen-agent/qwen-agent/kernels/rope"
)

// partSize is how many elements of an operation on rows are done at a time: they fit the
// cache nearest to the processor.
const partSize = 4096

// Embed dequantises rows.
func (d *Device) Embed(dst kernels.Buffer, table kernels.Weight, ids []int32) {
	y, w := dst.(*buffer), table.(*weight)
	if y.rows != len(ids) || y.cols != w.Cols() {
		panic(fmt.Sprintf("cpu: Embed: %d rows of %d into %v", len(ids), w.Cols(), y))
	}
	for _, id := range ids {
		if id < 0 || int(id) >= w.Rows() {
			panic(fmt.Sprintf("cpu: Embed: row %d of %d", id, w.Rows()))
		}
	}
	d.operands = operands{name: "embed", dst: y, matrix: w, ids: ids}
	d.parts(len(ids), y.cols, partSize, func(d *Device, from, to int) {
		for t := from; t < to; t++ {
			quant.Dequantize(d.dst.row(t), d.matrix.Type, d.matrix.Row(int(d.ids[t])))
		}
	})
}

// Norm normalises rows.
func (d *Device) Norm(dst, x kernels.Buffer, w kernels.Weight, eps float32) {
	y, a, g := dst.(*buffer), x.(*buffer), w.(*weight)
	if !y.like(a) || len(g.vector) != a.cols {
		panic(fmt.Sprintf("cpu: Norm: x is %v, dst %v, the weight (%d, %d)", a, y, g.Rows(), g.Cols()))
	}
	d.operands = operands{name: "norm", dst: y, x: a, vector: g.vector, eps: eps}
	d.parts(a.rows, a.cols, partSize, func(d *Device, from, to int) {
		norm.RMS(d.dst.part(from, to), d.x.part(from, to), d.vector, d.eps)
	})
}

// SwiGLU works on elements, wherever rows end.
func (d *Device) SwiGLU(dst, gate, up kernels.Buffer) {
	y, g, u := dst.(*buffer), gate.(*buffer), up.(*buffer)
	if !y.like(g) || !y.like(u) {
		panic(fmt.Sprintf("cpu: SwiGLU: gate is %v, up %v, dst %v", g, u, y))
	}
	d.operands = operands{name: "swiglu", dst: y, x: g, x2: u}
	// An activation costs as much as a few additions, so that a single row is worth sharing.
	d.parts(y.rows*y.cols, 1, partSize/4, func(d *Device, from, to int) {
		act.SwiGLU(d.dst.data[from:to], d.x.data[from:to], d.x2.data[from:to])
	})
}

// Add works on elements.
func (d *Device) Add(dst, x kernels.Buffer) {
	y, a := dst.(*buffer), x.(*buffer)
	if !y.like(a) {
		panic(fmt.Sprintf("cpu: Add: x is %v, dst %v", a, y))
	}
	d.operands = operands{name: "add", dst: y, x: a}
	d.parts(y.rows*y.cols, 1, partSize, func(d *Device, from, to int) { add(d.dst.data[from:to], d.x.data[from:to]) })
}

func add(dst, x []float32) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] += x[i]
	}
}

// Gather copies rows.
func (d *Device) Gather(dst, x kernels.Buffer, rows []int32) {
	y, a := dst.(*buffer), x.(*buffer)
	if y.rows != len(rows) || y.cols != a.cols || y == a {
		panic(fmt.Sprintf("cpu: Gather: %d rows of %v into %v", len(rows), a, y))
	}
	for i, r := range rows {
		if r < 0 || int(r) >= a.rows {
			panic(fmt.Sprintf("cpu: Gather: row %d of %v", r, a))
		}
		copy(y.row(i), a.row(int(r)))
	}
}

// Rope turns heads by the positions of their rows.
func (d *Device) Rope(x kernels.Buffer, r kernels.Rotation, spans []kernels.Span) {
	a, table := x.(*buffer), r.(rotation).Table
	if a.cols%table.Dim != 0 {
		panic(fmt.Sprintf("cpu: Rope: %v, in heads of %d", a, table.Dim))
	}
	d.positions = d.positions[:0]
	for _, s := range spans {
		for i := range s.Len {
			d.positions = append(d.positions, int32(s.Pos+i))
		}
	}
	checkSpans("Rope", a, spans)
	d.operands = operands{name: "rope", dst: a, table: table}
	d.parts(a.rows, a.cols, partSize, func(d *Device, from, to int) {
		rope.Apply(d.dst.part(from, to), d.dst.cols/d.table.Dim, d.positions[from:to], d.table)
	})
}

// checkSpans panics unless spans are the rows of x in order.
func checkSpans(op string, x *buffer, spans []kernels.Span) {
	rows := 0
	for _, s := range spans {
		if s.Row != rows || s.Len < 1 || s.Pos < 0 {
			panic(fmt.Sprintf("cpu: %s: a span of rows %d+%d at position %d, want one from row %d", op, s.Row, s.Len, s.Pos, rows))
		}
		rows += s.Len
	}
	if rows != x.rows {
		panic(fmt.Sprintf("cpu: %s: spans of %d rows, x is %v", op, rows, x))
	}
}
