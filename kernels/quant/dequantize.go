package quant

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/qwen-agent/qwen-agent/kernels/half"
)

// Dequantize writes the float32 values of the blocks in src to dst. It panics if the type is not
// supported or src is not exactly the blocks of len(dst) elements.
//
// The result is the same, bit for bit, as that of gguf.quants.dequantize in Python: one rounding for
// each product and each sum.
func Dequantize(dst []float32, t Type, src []byte) {
	if want := t.Bytes(len(dst)); len(src) != want {
		panic(fmt.Sprintf("quant: Dequantize: %d elements of %v in %d bytes, want %d", len(dst), t, len(src), want))
	}
	switch t {
	case F32:
		for i := range dst {
			dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(src[4*i:]))
		}
		return
	case F16, BF16:
		dequantizeHalves(dst, t, src)
		return
	}
	elems, bytes := t.Block()
	f := dequantizers[t]
	for ; len(dst) > 0; dst, src = dst[elems:], src[bytes:] {
		f(dst[:elems], src[:bytes])
	}
}

// dequantizeHalves converts a few elements at a time, so that half.Decode has aligned ones.
func dequantizeHalves(dst []float32, t Type, src []byte) {
	var h [256]uint16
	for len(dst) > 0 {
		n := min(len(h), len(dst))
		for i := range h[:n] {
			h[i] = binary.LittleEndian.Uint16(src[2*i:])
		}
		if t == F16 {
			half.Decode(dst[:n], h[:n])
		} else {
			for i, b := range h[:n] {
				dst[i] = half.BFloat32(b)
			}
		}
		dst, src = dst[n:], src[2*n:]
	}
}

// dequantizers expand one block each.
var dequantizers = map[Type]func(dst []float32, b []byte){
	Q4_0: func(dst []float32, b []byte) { scale(dst, f16(b), -8, nibbles(b[2:])) },
	Q5_0: func(dst []float32, b []byte) {
		scale(dst, f16(b), -16, fives(b[6:], binary.LittleEndian.Uint32(b[2:])))
	},
	Q4_1: func(dst []float32, b []byte) { affine(dst, f16(b), f16(b[2:]), nibbles(b[4:])) },
	Q5_1: func(dst []float32, b []byte) {
		affine(dst, f16(b), f16(b[2:]), fives(b[8:], binary.LittleEndian.Uint32(b[4:])))
	},
	Q8_0: dequantizeQ8_0,
	Q4_K: dequantizeQ4_K,
	Q5_K: dequantizeQ5_K,
	Q6_K: dequantizeQ6_K,
}

func f16(b []byte) float32 { return half.Float32(binary.LittleEndian.Uint16(b)) }

// nibbles returns the 32 four-bit integers of 16 bytes: the low halves, then the high halves.
func nibbles(b []byte) (q [32]int8) {
	for i, v := range b[:16] {
		q[i], q[i+16] = int8(v&15), int8(v>>4)
	}
	return q
}

// fives returns 32 five-bit integers: nibbles, with bit i of high as the fifth bit of element i.
func fives(b []byte, high uint32) [32]int8 {
	q := nibbles(b)
	for i := range q {
		q[i] |= int8(high>>i&1) << 4
	}
	return q
}

// scale writes d·(q+offset).
func scale(dst []float32, d float32, offset int8, q [32]int8) {
	for i, v := range q {
		dst[i] = d * float32(v+offset)
	}
}

// affine writes d·q + m. The conversion of the product keeps a compiler from fusing it with the sum.
func affine(dst []float32, d, m float32, q [32]int8) {
	for i, v := range q {
		dst[i] = float32(d*float32(v)) + m
	}
}

func dequantizeQ8_0(dst []float32, b []byte) {
	d := f16(b)
	for i, v := range b[2:] {
		dst[i] = d * float32(int8(v))
	}
}
