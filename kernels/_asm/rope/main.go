// Command rope writes the AVX2 kernel of package rope.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"

	"github.com/qwen-agent/qwen-agent/kernels/_asm/kit"
)

func main() {
	ConstraintExpr("!purego")
	kit.Func("rotate8", "func(x *float32, heads int, cos, sin *float32, half int)",
		"rotate8 rotates heads of two halves, each a multiple of 8 and at least 8.")
	x, heads, cos, sin, half := kit.Arg("x"), kit.Arg("heads"), kit.Arg("cos"), kit.Arg("sin"), kit.Arg("half")
	SHLQ(Imm(2), half)
	kit.Loop("head", heads, 1, func() {
		at := GP64()
		XORQ(at, at)
		Label("next")
		lo, hi, c, s := YMM(), YMM(), YMM(), YMM()
		a, b := Mem{Base: x}, GP64()
		LEAQ(a.Idx(at, 1), b)
		low, high := Mem{Base: b}, Mem{Base: b}.Idx(half, 1)
		VMOVUPS(low, lo)
		VMOVUPS(high, hi)
		VMOVUPS(Mem{Base: cos}.Idx(at, 1), c)
		VMOVUPS(Mem{Base: sin}.Idx(at, 1), s)
		t, u := YMM(), YMM()
		VMULPS(c, lo, t)
		VMULPS(s, hi, u)
		VSUBPS(u, t, t)
		VMULPS(c, hi, hi)
		VMULPS(s, lo, lo)
		VADDPS(lo, hi, hi)
		VMOVUPS(t, low)
		VMOVUPS(hi, high)
		kit.Add(32, at)
		CMPQ(at, half)
		JLT(LabelRef("next"))
		LEAQ(Mem{Base: x}.Idx(half, 2), x)
	})
	VZEROUPPER()
	RET()
	Generate()
}
