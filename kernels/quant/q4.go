package quant

import (
	"fmt"
	"math"
)

// Squares are sums of squares in float32: of the numbers of a row, and of what they lose by being quantised.
// Each of n squares goes through at most n/8+3 roundings of sums.
type Squares struct {
	Whole, Lost float32
}

// QuantizeQ4_0 writes x, whose length is a multiple of 32, to dst as blocks of Q4_0, and returns the
// squares of x and of the differences that remain.
//
// The scale of a block is -m/8 as a float16, m being its number of the largest absolute value, the lower
// of two such; so m becomes -8, and the opposite of m, which would be 8, is cut to 7. An element is x/scale
// rounded to the nearest integer, ties to even, and cut to -8 to 7.
//
// Values must be finite. A block that is too large for a float16 scale makes Lost infinite or NaN. It panics
// if the lengths do not agree.
//
// Source of the format: ggml-common.h of llama.cpp, block_q4_0.
func QuantizeQ4_0(dst []byte, x []float32) Squares {
	if want := Q4_0.Bytes(len(x)); len(dst) != want {
		panic(fmt.Sprintf("quant: QuantizeQ4_0: %d elements into %d bytes, want %d", len(x), len(dst), want))
	}
	var whole, lost [8]float32
	quantizeQ4_0(dst, x, &whole, &lost)
	return Squares{fold(&whole), fold(&lost)}
}

func fold(lanes *[8]float32) float32 {
	for n := 4; n > 0; n /= 2 {
		for i := range n {
			lanes[i] += lanes[i+n]
		}
	}
	return lanes[0]
}

// Norm returns the Euclidean norm of row r as Dequantize would write it without rounding, or a little more:
// less than a millionth part.
func (q *Q8) Norm(r int) float64 {
	sum := 0.0
	n := q.Cols / Q8Block
	for b, d := range q.Scale[r*n : (r+1)*n] {
		squares := int32(0)
		for _, v := range q.Data[(r*n+b)*Q8Block:][:Q8Block] {
			squares += int32(v) * int32(v)
		}
		sum += float64(squares) * (float64(d) * float64(d))
	}
	return math.Sqrt(sum) * (1 + 1e-7)
}
