package gemm

import (
	"slices"
	"sync"

	"github.com/qwen-agent/qwen-agent/kernels/half"
	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

// unpacked and floats keep the memory for one row of weights from call to call.
var (
	unpacked = sync.Pool{New: func() any { return new([]block) }}
	floats   = sync.Pool{New: func() any { return new([]float32) }}
)

// mulRef is the meaning of Mul.
func mulRef(dst []float32, stride int, w *Matrix, r0, r1 int, x *quant.Q8) {
	n := w.Cols / quant.Q8Block
	kept := unpacked.Get().(*[]block)
	defer unpacked.Put(kept)
	row := slices.Grow((*kept)[:0], n)[:n]
	*kept = row
	for r := r0; r < r1; r++ {
		unpack(row, w.Type, w.Row(r))
		for t := range x.Rows {
			dst[t*stride+r] = dotRef(row, x.Data[t*w.Cols:], x.Scale[t*n:], x.Sum[t*n:])
		}
	}
}

// dotRef is the product of one row of weights with one row of activations. Conversions of products to
// float32 keep a compiler from fusing them with the sums.
func dotRef(row []block, x []int8, scale, sum []float32) float32 {
	var acc float32
	for b := range row {
		w := &row[b]
		var s [2]int32
		for i, v := range x[b*quant.Q8Block:][:quant.Q8Block] {
			s[i/16] += int32(w.q[i]) * int32(v)
		}
		acc += float32(float32(w.s[0]*s[0]+w.s[1]*s[1]) * float32(w.d*scale[b]))
		if w.hasMin {
			acc += float32(w.m * sum[b])
		}
	}
	return acc
}

// mulF32Ref is the meaning of MulF32.
func mulF32Ref(dst []float32, stride int, w *Matrix, r0, r1 int, x []float32, rows int) {
	kept := floats.Get().(*[]float32)
	defer floats.Put(kept)
	row := slices.Grow((*kept)[:0], w.Cols)[:w.Cols]
	*kept = row
	for r := r0; r < r1; r++ {
		quant.Dequantize(row, w.Type, w.Row(r))
		for t := range rows {
			dst[t*stride+r] = dotF32Ref(row, x[t*w.Cols:][:w.Cols])
		}
	}
}

func dotF32Ref(w, x []float32) float32 {
	var acc [32]float32
	n := len(x) / 32 * 32
	for i, v := range x[:n] {
		acc[i%32] += float32(v * w[i])
	}
	return sumF32(&acc, w[n:], x[n:])
}

// sumF32 adds the products of fewer than 32 last elements to the partial sums and these up.
func sumF32(acc *[32]float32, w, x []float32) float32 {
	for i, v := range x {
		acc[i] += float32(v * w[i])
	}
	for n := 16; n > 0; n /= 2 {
		for i := range n {
			acc[i] += acc[i+n]
		}
	}
	return acc[0]
}

// halfBits reads the float16 at the start of b.
func halfBits(b []byte) float32 { return half.Float32(uint16(b[0]) | uint16(b[1])<<8) }
