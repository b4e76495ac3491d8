// Package gemm multiplies activations with weight matrices, in the layout of their file (Matrix) or with
// rows interleaved for speed (Packed).
package gemm

import (
	"fmt"

	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

// Matrix is a weight matrix of (Rows, Cols), row-major: each row is the blocks of its Cols elements.
type Matrix struct {
	Type       quant.Type
	Rows, Cols int
	Data       []byte
}

// Check returns an error unless the type is supported and Data is exactly as long as the shape says.
// Mul and MulF32 panic where Check would fail, so check what comes from a file first.
func (w *Matrix) Check() error {
	elems, bytes := w.Type.Block()
	switch {
	case elems == 0:
		return fmt.Errorf("type %v is not supported", w.Type)
	case w.Rows < 0 || w.Cols < 0 || w.Cols%elems != 0:
		return fmt.Errorf("shape (%d, %d) of %v, want rows in multiples of %d elements", w.Rows, w.Cols, w.Type, elems)
	case len(w.Data)%max(w.Rows, 1) != 0 || len(w.Data)/max(w.Rows, 1) != w.Cols/elems*bytes:
		return fmt.Errorf("%d bytes for (%d, %d) of %v, want %d a row", len(w.Data), w.Rows, w.Cols, w.Type, w.Cols/elems*bytes)
	}
	return nil
}

// rowBytes returns the number of bytes of a row.
func (w *Matrix) rowBytes() int { return w.Type.Bytes(w.Cols) }

// Row returns the blocks of row r.
func (w *Matrix) Row(r int) []byte {
	n := w.rowBytes()
	return w.Data[r*n : (r+1)*n : (r+1)*n]
}

// Mul writes the products of quantised activations with rows r0 to r1 of a quantised matrix:
//
//	dst[t*stride+r] = x[t] · w[r]    for r in [r0, r1) and every row t of x
//
// For each block of 32 elements, the integers of both sides are multiplied and summed exactly. Then,
// with d the scale of the weights' block, m its minimum (Q4_1, Q5_1, Q4_K, Q5_K) and x.Scale and x.Sum
// those of the activations' block, in float32 and in the order of the blocks:
//
//	acc = acc + float32(integer)·(d·Scale)
//	acc = acc + m·Sum                          where there is a minimum
//
// Nothing is fused, so an element has the same bits whatever the variant, the division of the rows
// among callers, and the number of rows of x.
//
// Mul panics if the matrix is malformed or of a type without blocks, if its width is not that of x, or
// if dst is too short. Rows outside [r0, r1) of dst are not touched.
func Mul(dst []float32, stride int, w *Matrix, r0, r1 int, x *quant.Q8) {
	check("Mul", dst, stride, w, r0, r1, x.Rows, x.Cols)
	if elems, _ := w.Type.Block(); elems < quant.Q8Block {
		panic(fmt.Sprintf("gemm: Mul: weights are %v, want a type with blocks", w.Type))
	}
	if r0 < r1 && x.Rows > 0 {
		mul(dst, stride, w, r0, r1, x)
	}
}

// MulF32 is Mul for weights of type F32, F16 and BF16, with activations in float32, x of (rows, Cols).
//
// An element is the sum of 32 partial sums, of which number i adds the products x[k]·w[k] for
// k = i, i+32, …, in that order and unfused; sum i takes in sum i+16, then i+8, i+4, i+2 and i+1. As
// for Mul, the same bits come out however the work is divided.
func MulF32(dst []float32, stride int, w *Matrix, r0, r1 int, x []float32, rows int) {
	check("MulF32", dst, stride, w, r0, r1, rows, w.Cols)
	if len(x) != rows*w.Cols {
		panic(fmt.Sprintf("gemm: MulF32: x has %d elements, want (%d, %d)", len(x), rows, w.Cols))
	}
	if elems, _ := w.Type.Block(); elems != 1 {
		panic(fmt.Sprintf("gemm: MulF32: weights are %v, want F32, F16 or BF16", w.Type))
	}
	if r0 < r1 && rows > 0 {
		mulF32(dst, stride, w, r0, r1, x, rows)
	}
}

func check(name string, dst []float32, stride int, w *Matrix, r0, r1, rows, cols int) {
	if err := w.Check(); err != nil {
		panic(fmt.Sprintf("gemm: %s: matrix: %v", name, err))
	}
	checkProduct(name, dst, stride, w.Rows, w.Cols, r0, r1, rows, cols)
}

// checkProduct panics unless rows r0 to r1 of a matrix (height, width) can be multiplied with x of (rows, cols).
func checkProduct(name string, dst []float32, stride, height, width, r0, r1, rows, cols int) {
	if width != cols {
		panic(fmt.Sprintf("gemm: %s: x has rows of %d, the matrix of %d", name, cols, width))
	}
	if r0 < 0 || r1 < r0 || r1 > height {
		panic(fmt.Sprintf("gemm: %s: rows %d to %d of %d", name, r0, r1, height))
	}
	if stride < r1 || rows > 0 && len(dst) < (rows-1)*stride+r1 {
		panic(fmt.Sprintf("gemm: %s: dst has %d elements in rows of %d, want %d rows of %d", name, len(dst), stride, rows, r1))
	}
}
