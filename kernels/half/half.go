// Package half converts between float32 and the two 16-bit formats that models are stored in:
// IEEE 754 binary16 (float16) and bfloat16. A 16-bit value is held as its bits in a uint16.
package half

import (
	"fmt"
	"math"
)

// Decode writes the float32 values of the float16 values in src to dst. Every float16 value has an
// exact float32 value; a NaN stays a NaN, made quiet. Decode panics if the lengths differ.
func Decode(dst []float32, src []uint16) {
	if len(dst) != len(src) {
		panic(fmt.Sprintf("half: Decode: dst has %d elements, src %d", len(dst), len(src)))
	}
	decode(dst, src)
}

// Encode writes the values in src, rounded to the nearest float16 (ties to even), to dst. Values
// beyond the largest float16 become infinities. Encode panics if the lengths differ.
func Encode(dst []uint16, src []float32) {
	if len(dst) != len(src) {
		panic(fmt.Sprintf("half: Encode: dst has %d elements, src %d", len(dst), len(src)))
	}
	encode(dst, src)
}

// Float32 returns the value of the float16 with bits h.
func Float32(h uint16) float32 {
	sign := uint32(h&0x8000) << 16
	exp := uint32(h>>10) & 0x1f
	frac := uint32(h) & 0x3ff
	switch {
	case exp == 0x1f: // infinity or NaN; a NaN gets its quiet bit, as hardware does
		bits := sign | 0x7f800000 | frac<<13
		if frac != 0 {
			bits |= 0x400000
		}
		return math.Float32frombits(bits)
	case exp != 0:
		return math.Float32frombits(sign | (exp+112)<<23 | frac<<13) // 112 = 127 - 15, the biases
	}
	// A subnormal is frac * 2^-24, which float32 holds exactly.
	v := float32(frac) * (1.0 / (1 << 24))
	return math.Float32frombits(sign | math.Float32bits(v))
}

// FromFloat32 returns the bits of the float16 nearest to f, ties to even.
func FromFloat32(f float32) uint16 {
	bits := math.Float32bits(f)
	sign := uint16(bits>>16) & 0x8000
	abs := bits & 0x7fffffff
	switch {
	case abs > 0x7f800000: // NaN: the top of its payload, quiet
		return sign | 0x7e00 | uint16(abs>>13)&0x3ff
	case abs >= 0x477ff000: // 65520 and above round to infinity
		return sign | 0x7c00
	case abs < 0x38800000: // below 2^-14: subnormal
		// Adding 0.5 puts the units of 2^-24 into the last bits of the fraction, rounded to even by
		// the addition itself.
		return sign | uint16(math.Float32bits(math.Float32frombits(abs)+0.5)-math.Float32bits(0.5))
	}
	abs += 0xfff + abs>>13&1 // round to nearest, ties to even; a carry moves into the exponent
	return sign | uint16(abs>>13-112<<10)
}

// BFloat32 returns the value of the bfloat16 with bits b.
func BFloat32(b uint16) float32 { return math.Float32frombits(uint32(b) << 16) }

func decodeRef(dst []float32, src []uint16) {
	for i, h := range src {
		dst[i] = Float32(h)
	}
}

func encodeRef(dst []uint16, src []float32) {
	for i, f := range src {
		dst[i] = FromFloat32(f)
	}
}
