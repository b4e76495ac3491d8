// Command half writes the F16C kernels of package half.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"

	"github.com/qwen-agent/qwen-agent/kernels/_asm/kit"
)

func main() {
	ConstraintExpr("!purego")

	kit.Func("decode8", "func(dst *float32, src *uint16, n int)", "decode8 converts n float16, a multiple of 8.")
	dst, src, n := kit.Arg("dst"), kit.Arg("src"), kit.Arg("n")
	v := YMM()
	kit.Loop("next", n, 8, func() {
		VCVTPH2PS(Mem{Base: src}, v)
		VMOVUPS(v, Mem{Base: dst})
		kit.Add(16, src)
		kit.Add(32, dst)
	})
	VZEROUPPER()
	RET()

	kit.Func("encode8", "func(dst *uint16, src *float32, n int)", "encode8 converts n float32, a multiple of 8.")
	dst, src, n = kit.Arg("dst"), kit.Arg("src"), kit.Arg("n")
	kit.Loop("next", n, 8, func() {
		VMOVUPS(Mem{Base: src}, v)
		VCVTPS2PH(Imm(0), v, Mem{Base: dst}) // 0: to nearest, ties to even
		kit.Add(32, src)
		kit.Add(16, dst)
	})
	VZEROUPPER()
	RET()
	Generate()
}
