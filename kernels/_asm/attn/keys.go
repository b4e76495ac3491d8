package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/qwen-agent/qwen-agent/kernels/_asm/kit"
)

// keys emits the conversion of sixteen neighbouring columns of keys. Blocks of scaled int8 elements
// have their scales in a row before them; with scaled 0 elements are float16 without scales.
func keys(format string, scaled int) {
	signature, place := "func(columns *int16, step, floats *float32, src *byte, tokens, dim int)", "."
	if scaled > 0 {
		signature, place = "func(columns *int16, step, floats *float32, src *byte, tokens, place, dim int)", "; place is their own."
	}
	kit.Func("keys"+format, signature,
		"keys"+format+" turns sixteen keys of dim elements into columns of steps, in pairs, and writes the length",
		"of a step of each; floats has room for (dim, 16), tokens is the number of columns of a page"+place)
	columns, step, floats, src, tokens, dim := kit.Arg("columns"), kit.Arg("step"), kit.Arg("floats"), kit.Arg("src"), kit.Arg("tokens"), kit.Arg("dim")
	at, left := GP64(), GP64()
	MOVQ(floats, at)
	MOVQ(dim, left)
	square := [2]reg.VecVirtual{zero(), zero()}
	row := func(scale *[2]reg.VecVirtual) {
		for i := range 2 {
			v := YMM()
			if scale == nil {
				VCVTPH2PS(Mem{Base: src, Disp: 16 * i}, v)
			} else {
				VPMOVSXBD(Mem{Base: src, Disp: 8 * i}, v)
				VCVTDQ2PS(v, v)
				VMULPS(scale[i], v, v)
			}
			VMOVUPS(v, Mem{Base: at, Disp: 32 * i})
			VMULPS(v, v, v)
			VADDPS(v, square[i], square[i])
		}
		ADDQ(tokens, src)
		kit.Add(64, at)
	}
	if scaled == 0 {
		SHLQ(Imm(1), tokens)
		kit.Loop("row", left, 1, func() { row(nil) })
	} else {
		// A column of scales is two bytes wide, one of elements one: the place among them differs.
		place := kit.Arg("place")
		kit.Loop("blocks", left, scaled, func() {
			scale := [2]reg.VecVirtual{YMM(), YMM()}
			ADDQ(place, src)
			for i := range scale {
				VCVTPH2PS(Mem{Base: src, Disp: 16 * i}, scale[i])
			}
			SUBQ(place, src)
			LEAQ(Mem{Base: src, Index: tokens, Scale: 2}, src)
			rest := GP64()
			MOVQ(U32(scaled), rest)
			kit.Loop("row", rest, 1, func() { row(&scale) })
		})
	}
	var inverse [2]reg.VecVirtual
	for i := range inverse {
		inverse[i] = steps(square[i])
		VMOVUPS(square[i], Mem{Base: step, Disp: 32 * i})
	}
	kit.Loop("pair", dim, 2, func() {
		for i := range 2 {
			a, b := YMM(), YMM()
			VMULPS(Mem{Base: floats, Disp: 32 * i}, inverse[i], a)
			VMULPS(Mem{Base: floats, Disp: 64 + 32*i}, inverse[i], b)
			VCVTPS2DQ(a, a)
			VCVTPS2DQ(b, b)
			VPSLLD(Imm(16), b, b)
			VPBLENDW(Imm(0xaa), b, a, a)
			VMOVDQU(a, Mem{Base: columns, Disp: 32 * i})
		}
		kit.Add(128, floats)
		kit.Add(4*block, columns)
	})
	VZEROUPPER()
	RET()
}

// valuesF16 emits the conversion of values that lie without gaps.
func valuesF16() {
	kit.Func("valuesF16", "func(dst *float32, src *byte, n int)",
		"valuesF16 converts n elements, a multiple of 8 and above zero.")
	dst, src, n := kit.Arg("dst"), kit.Arg("src"), kit.Arg("n")
	kit.Loop("next", n, 8, func() {
		v := YMM()
		VCVTPH2PS(Mem{Base: src}, v)
		VMOVUPS(v, Mem{Base: dst})
		kit.Add(16, src)
		kit.Add(32, dst)
	})
	VZEROUPPER()
	RET()
}

// valuesQ8 emits the conversion of blocks of int8 that lie without gaps, as their scales do.
func valuesQ8() {
	kit.Func("valuesQ8", "func(dst *float32, src, scale *byte, n int)",
		"valuesQ8 converts n elements, a multiple of 32 and above zero.")
	dst, src, scale, n := kit.Arg("dst"), kit.Arg("src"), kit.Arg("scale"), kit.Arg("n")
	kit.Loop("next", n, 32, func() {
		s := YMM()
		VPBROADCASTW(Mem{Base: scale}, s.AsX())
		VCVTPH2PS(s.AsX(), s)
		for i := range 4 {
			v := YMM()
			VPMOVSXBD(Mem{Base: src, Disp: 8 * i}, v)
			VCVTDQ2PS(v, v)
			VMULPS(s, v, v)
			VMOVUPS(v, Mem{Base: dst, Disp: 32 * i})
		}
		kit.Add(2, scale)
		kit.Add(32, src)
		kit.Add(128, dst)
	})
	VZEROUPPER()
	RET()
}
