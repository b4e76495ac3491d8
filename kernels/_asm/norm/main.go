// Command norm writes the AVX2 kernels of package norm.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/qwen-agent/qwen-agent/kernels/_asm/kit"
)

func main() {
	ConstraintExpr("!purego")

	kit.Func("squares32", "func(x *float32, n int) float32", "squares32 returns the sum of the squares of n elements, a multiple of 32.")
	x, n := kit.Arg("x"), kit.Arg("n")
	var acc [4]reg.VecVirtual
	for i := range acc {
		acc[i] = YMM()
		VXORPS(acc[i], acc[i], acc[i])
	}
	kit.Loop("next", n, 32, func() {
		for i := range acc {
			v := YMM()
			VMOVUPS(Mem{Base: x, Disp: 32 * i}, v)
			VFMADD231PS(v, v, acc[i])
		}
		kit.Add(128, x)
	})
	VADDPS(acc[1], acc[0], acc[0])
	VADDPS(acc[3], acc[2], acc[2])
	VADDPS(acc[2], acc[0], acc[0])
	kit.Fold(acc[0], VADDPS)
	Store(acc[0].AsX(), ReturnIndex(0))
	VZEROUPPER()
	RET()

	kit.Func("scale8", "func(dst, x, w *float32, by float32, n int)", "scale8 writes x·by·w for n elements, a multiple of 8.")
	dst, x, w := kit.Arg("dst"), kit.Arg("x"), kit.Arg("w")
	n = kit.Arg("n")
	by := YMM()
	at, err := Param("by").Resolve()
	if err != nil {
		panic(err)
	}
	VBROADCASTSS(at.Addr, by)
	kit.Loop("next", n, 8, func() {
		v := YMM()
		VMULPS(Mem{Base: x}, by, v)
		VMULPS(Mem{Base: w}, v, v)
		VMOVUPS(v, Mem{Base: dst})
		kit.Add(32, dst)
		kit.Add(32, x)
		kit.Add(32, w)
	})
	VZEROUPPER()
	RET()
	Generate()
}
