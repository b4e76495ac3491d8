package kit

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Exp replaces the eight float32 of x by their exponentials. Results are within 2e-7 of the exact
// value, relative to it, down to the smallest normal number; below they lose bits like any subnormal,
// and become zero below -105. From 88.73 on they are infinite. A NaN stays one.
//
// With n = round(x/ln 2) and r = x - n·ln 2, in two steps so that r keeps its bits, the result is
// exp(r)·2^n. For |r| ≤ ln(2)/2 the Taylor polynomial of degree 7 is off by less than 6e-9. 2^n is
// multiplied in two halves, because it need not be a float32 where the result is one.
func Exp(x reg.VecVirtual) {
	// ln 2 as a sum: the first part has so few bits that n times it is exact.
	const high = 0.693359375
	low := math.Ln2 - high
	n, p := YMM(), YMM()
	// The operand that comes first in Go's order is kept if it is a NaN.
	VMINPS(x, register(RepeatF(89)), x)
	VMAXPS(x, register(RepeatF(-106)), x)
	VMULPS(RepeatF(1/math.Ln2), x, n)
	VROUNDPS(Imm(0), n, n)
	VFNMADD231PS(RepeatF(high), n, x)
	VFNMADD231PS(RepeatF(low), n, x)
	VMOVUPS(RepeatF(1.0/5040), p)
	for _, c := range []float64{720, 120, 24, 6, 2, 1, 1} {
		VFMADD213PS(RepeatF(1/c), x, p)
	}
	VCVTPS2DQ(n, n)
	VPSRAD(Imm(1), n, x)
	VPSUBD(x, n, n)
	for _, e := range []reg.VecVirtual{x, n} {
		VPADDD(Repeat32(127), e, e)
		VPSLLD(Imm(23), e, e)
		VMULPS(e, p, p)
	}
	VMOVAPS(p, x)
}

// register loads a constant where an instruction takes no memory.
func register(m Mem) reg.VecVirtual {
	if r := held[m]; r != nil {
		return r
	}
	r := YMM()
	VMOVUPS(m, r)
	return r
}
