package kit

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Transpose turns eight vectors of eight 32-bit lanes into their columns. It needs one more register.
func Transpose(v *[8]reg.VecVirtual) {
	spare := YMM()
	// both leaves low(a,b) in the place of a, and high(a,b) in that of b.
	both := func(a, b int, low, high func(a, b, to reg.VecVirtual)) {
		low(v[a], v[b], spare)
		high(v[a], v[b], v[b])
		v[a], spare = spare, v[a]
	}
	for i := 0; i < 8; i += 2 { // a0 b0 a1 b1 | a4 b4 a5 b5, a2 b2 a3 b3 | a6 b6 a7 b7
		both(i, i+1,
			func(a, b, to reg.VecVirtual) { VPUNPCKLDQ(b, a, to) },
			func(a, b, to reg.VecVirtual) { VPUNPCKHDQ(b, a, to) })
	}
	for _, i := range []int{0, 1, 4, 5} { // a0 b0 c0 d0 | a4 b4 c4 d4, a1 b1 c1 d1 | a5 b5 c5 d5
		both(i, i+2,
			func(a, b, to reg.VecVirtual) { VPUNPCKLQDQ(b, a, to) },
			func(a, b, to reg.VecVirtual) { VPUNPCKHQDQ(b, a, to) })
	}
	for i := range 4 {
		both(i, i+4,
			func(a, b, to reg.VecVirtual) { VPERM2I128(Imm(0x20), b, a, to) },
			func(a, b, to reg.VecVirtual) { VPERM2I128(Imm(0x31), b, a, to) })
	}
	// Columns 0 1 2 3 are now at 0 2 1 3, since the pairs took the places of a and c, b and d.
	v[1], v[2] = v[2], v[1]
	v[5], v[6] = v[6], v[5]
}
