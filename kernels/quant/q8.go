package quant

import (
	"fmt"
	"slices"
)

// Q8Block is the number of activations that share a scale.
const Q8Block = 32

// Q8 holds rows of activations as int8 blocks of 32 with a float32 scale, which is what gemm.Mul
// multiplies with quantised weights. The zero value is ready; buffers are reused from call to call.
//
// With m the largest absolute value of a block, Scale is m/127 and an element is x·127/m rounded to
// the nearest integer, ties to even: -127 to 127, never -128.
type Q8 struct {
	Rows, Cols int
	Data       []int8    // (Rows, Cols)
	Scale      []float32 // (Rows, Cols/32)
	Sum        []float32 // (Rows, Cols/32): Scale times the sum of the block's integers
	Half       []int16   // (Rows, Cols/16): sums of the integers of each half block
}

// Resize makes room for rows of cols activations each. What the buffers held is lost. It panics if cols
// is not a multiple of 32.
func (q *Q8) Resize(rows, cols int) {
	if rows < 0 || cols < 0 || cols%Q8Block != 0 {
		panic(fmt.Sprintf("quant: Q8.Resize: %d rows of %d, want columns in multiples of %d", rows, cols, Q8Block))
	}
	q.Rows, q.Cols = rows, cols
	n := rows * cols
	q.Data = slices.Grow(q.Data[:0], n)[:n]
	q.Scale = slices.Grow(q.Scale[:0], n/Q8Block)[:n/Q8Block]
	q.Sum = slices.Grow(q.Sum[:0], n/Q8Block)[:n/Q8Block]
	q.Half = slices.Grow(q.Half[:0], n/Q8Block*2)[:n/Q8Block*2]
}

// Quantize replaces the contents by the rows of x, which is (rows, cols) row-major. Values must be
// finite. It panics if len(x) is not rows*cols or cols is not a multiple of 32.
func (q *Q8) Quantize(x []float32, rows, cols int) {
	q.Resize(rows, cols)
	q.QuantizeRows(x, 0, rows)
}

// QuantizeRows quantises rows r0 to r1 of x, which is (q.Rows, q.Cols), into their places. Workers
// that share the rows call it after one Resize.
func (q *Q8) QuantizeRows(x []float32, r0, r1 int) {
	if len(x) != q.Rows*q.Cols || r0 < 0 || r1 < r0 || r1 > q.Rows {
		panic(fmt.Sprintf("quant: Q8.QuantizeRows: rows %d to %d of %d elements, want rows of (%d, %d)",
			r0, r1, len(x), q.Rows, q.Cols))
	}
	a, b := r0*q.Cols, r1*q.Cols
	quantizeQ8(q.Data[a:b], q.Scale[a/32:b/32], q.Sum[a/32:b/32], q.Half[a/16:b/16], x[a:b])
}

// Dequantize writes the float32 values of row r to dst, which must have Cols elements.
func (q *Q8) Dequantize(dst []float32, r int) {
	if len(dst) != q.Cols || r < 0 || r >= q.Rows {
		panic(fmt.Sprintf("quant: Q8.Dequantize: row %d into %d elements, want a row of (%d, %d)", r, len(dst), q.Rows, q.Cols))
	}
	for i, v := range q.Data[r*q.Cols:][:q.Cols] {
		dst[i] = float32(v) * q.Scale[(r*q.Cols+i)/Q8Block]
	}
}

// One returns row r as rows of their own, which share its memory.
func (q *Q8) One(r int) Q8 {
	if r < 0 || r >= q.Rows {
		panic(fmt.Sprintf("quant: Q8.One: row %d of %d", r, q.Rows))
	}
	n, c := q.Cols/Q8Block, q.Cols
	return Q8{1, c, q.Data[r*c : (r+1)*c], q.Scale[r*n : (r+1)*n], q.Sum[r*n : (r+1)*n], q.Half[2*r*n : 2*(r+1)*n]}
}
