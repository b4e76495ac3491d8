package kit

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Fold brings all eight lanes of v together by op, which must be one of the three-operand float
// instructions, in the order 4, 2, 1, and leaves the result in every lane.
func Fold(v reg.VecVirtual, op func(...Op)) {
	t := YMM()
	VPERM2F128(Imm(1), v, v, t)
	op(t, v, v)
	VPERMILPS(Imm(0b01_00_11_10), v, t)
	op(t, v, v)
	VPERMILPS(Imm(0b10_11_00_01), v, t)
	op(t, v, v)
}
