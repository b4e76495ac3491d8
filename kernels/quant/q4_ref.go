package quant

import (
	"encoding/binary"
	"math"

	"github.com/qwen-agent/qwen-agent/kernels/half"
)

// quantizeQ4_0Ref is the meaning of QuantizeQ4_0. Element i adds to lane i%8 of the sums of squares.
func quantizeQ4_0Ref(dst []byte, x []float32, whole, lost *[8]float32) {
	for ; len(x) > 0; x, dst = x[32:], dst[sizeQ4_0:] {
		high, low := x[0], x[0]
		for _, v := range x[1:32] {
			high, low = max(high, v), min(low, v)
		}
		m := low
		if high > -low {
			m = high
		}
		d := half.FromFloat32(float32(m*-0.125) + 0) // without the sign of a zero
		scale := half.Float32(d)
		inverse := float32(0)
		if scale != 0 {
			inverse = 1 / scale
		}
		binary.LittleEndian.PutUint16(dst, d)
		for i, v := range x[:32] {
			q := float32(max(-8, min(7, math.RoundToEven(float64(float32(v*inverse))))))
			e := v - float32(q*scale)
			whole[i%8] += float32(v * v)
			lost[i%8] += float32(e * e)
			nibble := byte(int8(q) + 8)
			if i < 16 {
				dst[2+i] = nibble
			} else {
				dst[2+i-16] |= nibble << 4
			}
		}
	}
}
