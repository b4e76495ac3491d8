package quant

import (
	"math"
	"testing"

	"github.com/qwen-agent/qwen-agent/kernels/kerneltest"
)

// FuzzDequantize reads arbitrary bytes as blocks of every type: nothing panics, is written outside or
// depends on neighbouring blocks.
func FuzzDequantize(f *testing.F) {
	f.Add(uint8(0), []byte("some bytes that are no weights at all"))
	f.Add(uint8(9), make([]byte, 420))
	f.Fuzz(func(t *testing.T, kind uint8, b []byte) {
		typ := Types[int(kind)%len(Types)]
		elems, size := typ.Block()
		blocks := min(len(b)/size, 64)
		dst := kerneltest.NewGuarded(blocks*elems, 0)
		Dequantize(dst.Data, typ, b[:blocks*size])
		dst.Check(t)
		if elems == 1 {
			return
		}
		// One block alone is the same as among others, and its elements stay within what the scales
		// allow: the largest float16 times the largest integers, 65504·(63·31 or 127·32) and a minimum.
		one := make([]float32, elems)
		for i := range blocks {
			Dequantize(one, typ, b[i*size:][:size])
			kerneltest.Equal(t, one, dst.Data[i*elems:][:elems])
			for j, v := range one {
				if v := math.Abs(float64(v)); v > 65504*(128*32+63) && !math.IsInf(v, 0) {
					t.Fatalf("%v: element %d is %g", typ, j, v)
				}
			}
		}
	})
}
