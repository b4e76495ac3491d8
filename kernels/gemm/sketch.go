package gemm

import (
	"fmt"
	"math"

	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

// Sketch is a smaller copy of a matrix, packed in type Q4_0, that knows how far it is off. With P[r] the
// product of row r of the matrix with a row of activations as Mul computes it, S[r] that of the sketch, and
// |x| the norm of the activations (quant.Q8.Norm), as integers and scales have them:
//
//	P[r] - S[r] is at most Radius[r]·|x| + Slack, and at least the opposite
//
// For the real product with the difference of two rows is at most the product of the norms (Cauchy and
// Schwarz), and each computed product is off by roundings: a block's term by two, and by one for each sum
// behind it. The terms together are no larger than |w[r]|·|x|. The radius has all of these.
type Sketch struct {
	Packed
	Radius []float32 // (Rows)
}

// SketchType is the type of a sketch.
const SketchType = quant.Q4_0

// Slack is a bound on what can vanish below the smallest numbers of float32 in a product.
const Slack = 1e-30

// sketched are the types that a sketch is made of. The bound on the roundings holds for types without
// minimums, whose parts may be larger than the whole.
var sketched = map[quant.Type]bool{quant.Q8_0: true, quant.Q6_K: true, quant.Q5_0: true, quant.Q4_0: true}

// SketchPays reports whether a sketch of a matrix of that type and width has at most three fifths of its
// bytes, and multiplying by it is faster here. With more, what it saves does not make up for its making.
func SketchPays(t quant.Type, cols int) bool {
	return sketched[t] && PacksFaster() && 5*quant.Q4_0.Bytes(cols) <= 3*t.Bytes(cols)
}

// SketchSize returns how many bytes a sketch takes, its radius not counted.
func SketchSize(rows, cols int) int { return PackedSize(quant.Q4_0, rows, cols) }

// Draw makes rows r0 to r1 of the sketch from those of w, which has the same shape and type Q8_0, Q6_K, Q5_0
// or Q4_0. It panics if that is not so, or unless r0 is a multiple of PackedRows, and r1 too or the number of
// rows: callers share out the rows. A row that cannot be sketched, as it has no finite numbers, gets a radius
// that is infinite or NaN.
func (s *Sketch) Draw(w *Matrix, r0, r1 int) {
	s.check("Draw")
	if err := w.Check(); err != nil {
		panic(fmt.Sprintf("gemm: Draw: matrix: %v", err))
	}
	if !sketched[w.Type] || s.Type != quant.Q4_0 || w.Rows != s.Rows || w.Cols != s.Cols || len(s.Radius) != s.Rows {
		panic(fmt.Sprintf("gemm: Draw: matrix is (%d, %d) of %v, sketch (%d, %d) of %v with %d radii",
			w.Rows, w.Cols, w.Type, s.Rows, s.Cols, s.Type, len(s.Radius)))
	}
	if r0%PackedRows != 0 || r0 < 0 || r1 < r0 || r1 > w.Rows || r1%PackedRows != 0 && r1 != w.Rows {
		panic(fmt.Sprintf("gemm: Draw: rows %d to %d of %d, want multiples of %d", r0, r1, w.Rows, PackedRows))
	}
	size := quant.Q4_0.Bytes(w.Cols)
	row, blocks := make([]float32, w.Cols), make([]byte, PackedRows*size)
	for r := r0; r < r1; r += PackedRows {
		n := min(PackedRows, r1-r)
		for i := range n {
			quant.Dequantize(row, w.Type, w.Row(r+i))
			s.Radius[r+i] = radius(quant.QuantizeQ4_0(blocks[i*size:][:size], row), w.Cols)
		}
		part := s.Slice(r, r+n)
		part.Pack(&Matrix{quant.Q4_0, n, w.Cols, blocks[:n*size]}, 0, n)
	}
}

// radius returns the radius of a row of n columns.
func radius(s quant.Squares, n int) float32 {
	const unit = 1.0 / (1 << 24) // a rounding, of what is rounded
	// The norms from the sums of squares: these went through n/8+3 roundings, their terms through two
	// and through one of the difference before, and some may have vanished.
	up := 1 + float64(n+64)*unit
	norm := func(squares float32) float64 { return math.Sqrt(float64(squares)+float64(n)*0x1p-149) * up }
	whole, lost := norm(s.Whole), norm(s.Lost)
	lost += 3 * unit * whole // dequantising rounded the weights up to twice
	// Each product goes through a rounding for a block and a few more.
	lost += float64(n/quant.Q8Block+4) * unit * (2*whole + lost)
	return math.Nextafter32(float32(lost), float32(math.Inf(1)))
}
