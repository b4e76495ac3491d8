package gemm

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/qwen-agent/qwen-agent/kernels/kerneltest"
	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

// FuzzMul multiplies weights of arbitrary bytes, scales included, as a damaged file has them: every
// variant must give the bits of the meaning and write nowhere else.
func FuzzMul(f *testing.F) {
	for i := range blockTypes {
		f.Add(uint8(i), uint8(9), uint8(5), []byte("weights"), []byte("activations"))
	}
	f.Add(uint8(7), uint8(8), uint8(1), []byte{0xff, 0x7c, 0x80, 0, 1}, []byte{0, 0, 0x80, 0x7f})
	f.Fuzz(func(t *testing.T, kind, rows, tokens uint8, weights, activations []byte) {
		typ := blockTypes[int(kind)%len(blockTypes)]
		const cols = 512
		w := &Matrix{typ, int(rows%20) + 1, cols, nil}
		w.Data = repeat(weights, w.Rows*typ.Bytes(cols))
		x := make([]float32, (int(tokens%9)+1)*cols)
		for i, bytes := 0, repeat(activations, 4*len(x)); i < len(x); i++ {
			x[i] = math.Float32frombits(binary.LittleEndian.Uint32(bytes[4*i:]))
			if v := float64(x[i]); math.IsNaN(v) || math.IsInf(v, 0) {
				x[i] = 0
			}
		}
		q := new(quant.Q8)
		q.Quantize(x, len(x)/cols, cols)
		for _, v := range variants[1:] {
			compare(t, v, w, 0, w.Rows, q)
			comparePacked(t, v, w, q, q.Rows)
		}
	})
}

// repeat returns n bytes that start with b over and over, each time changed a little.
func repeat(b []byte, n int) []byte {
	out := kerneltest.Aligned[byte](n, 0)
	for i := range out {
		if len(b) > 0 {
			out[i] = b[i%len(b)] + byte(i/len(b)*7)
		}
	}
	return out
}
