// Command act writes the AVX2 kernel of package act.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"

	"github.com/qwen-agent/qwen-agent/kernels/_asm/kit"
)

func main() {
	ConstraintExpr("!purego")
	kit.Func("swiGLU8", "func(dst, gate, up *float32, n int)", "swiGLU8 writes n elements, a multiple of 8.")
	dst, gate, up, n := kit.Arg("dst"), kit.Arg("gate"), kit.Arg("up"), kit.Arg("n")
	kit.Loop("next", n, 8, func() {
		g, e := YMM(), YMM()
		VMOVUPS(Mem{Base: gate}, g)
		VXORPS(kit.Repeat32(1<<31), g, e)
		kit.Exp(e)
		VADDPS(kit.RepeatF(1), e, e)
		VDIVPS(e, g, g)
		VMULPS(Mem{Base: up}, g, g)
		VMOVUPS(g, Mem{Base: dst})
		kit.Add(32, dst)
		kit.Add(32, gate)
		kit.Add(32, up)
	})
	VZEROUPPER()
	RET()
	Generate()
}
