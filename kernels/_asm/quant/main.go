// Command quant writes the AVX2 kernels of package quant.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/qwen-agent/qwen-agent/kernels/_asm/kit"
)

func main() {
	ConstraintExpr("!purego")
	kit.Func("quantizeBlocks", "func(data *int8, scale, sum *float32, halves *int16, x *float32, n int)",
		"quantizeBlocks quantises n blocks of 32.")
	data, scale, sum, halves, x, n := kit.Arg("data"), kit.Arg("scale"), kit.Arg("sum"), kit.Arg("halves"), kit.Arg("x"), kit.Arg("n")
	kit.Hold(kit.RepeatF(127), kit.RepeatF(1e-30), kit.Repeat32(1<<31-1), kit.Repeat16(1), kit.Repeat8(1))
	kit.Loop("next", n, 1, func() {
		var v [4]reg.VecVirtual
		most, t := YMM(), YMM()
		for i := range v {
			v[i] = YMM()
			VMOVUPS(Mem{Base: x, Disp: 32 * i}, v[i])
			to := t
			if i == 0 {
				to = most
			}
			VANDPS(kit.C(kit.Repeat32(1<<31-1)), v[i], to)
			if i > 0 {
				VMAXPS(t, most, most)
			}
		}
		kit.Fold(most, VMAXPS)

		// A block of zeros, or nearly so, has the scale zero.
		d, inverse, some := YMM(), YMM(), YMM()
		VCMPPS(Imm(0x1e), kit.C(kit.RepeatF(1e-30)), most, some) // greater
		VMOVUPS(kit.C(kit.RepeatF(127)), inverse)
		VDIVPS(inverse, most, d)
		VDIVPS(most, inverse, inverse)
		VANDPS(some, d, d)
		VANDPS(some, inverse, inverse)
		for i := range v {
			VMULPS(inverse, v[i], v[i])
			VCVTPS2DQ(v[i], v[i]) // to nearest, ties to even
		}
		VPACKSSDW(v[1], v[0], v[0])
		VPACKSSDW(v[3], v[2], v[2])
		VPACKSSWB(v[2], v[0], v[0])
		// Packing works within halves: words 0 4 1 5 2 6 3 7 in order are the elements.
		order := YMM()
		VMOVDQU(words(0, 4, 1, 5, 2, 6, 3, 7), order)
		VPERMD(v[0], order, v[0])
		VMOVDQU(v[0], Mem{Base: data})

		VMOVDQU(kit.C(kit.Repeat8(1)), t)
		VPMADDUBSW(v[0], t, t)
		VPMADDWD(kit.C(kit.Repeat16(1)), t, t)
		VPHADDD(t, t, t)
		VPHADDD(t, t, t) // the sum of a half block in every lane of each half
		high, whole := XMM(), XMM()
		VEXTRACTI128(Imm(1), t, high)
		VPADDD(high, t.AsX(), whole)
		VCVTDQ2PS(whole, whole)
		VMULSS(d.AsX(), whole, whole)
		VMOVSS(whole, Mem{Base: sum})
		VMOVSS(d.AsX(), Mem{Base: scale})
		VPUNPCKLWD(high, t.AsX(), high)
		VMOVD(high, Mem{Base: halves})

		kit.Add(128, x)
		kit.Add(32, data)
		kit.Add(4, scale)
		kit.Add(4, sum)
		kit.Add(4, halves)
	})
	VZEROUPPER()
	RET()
	quantizeBlocks4()
	Generate()
}

func words(w ...byte) Mem {
	var b [32]byte
	for i, v := range w {
		b[4*i] = v
	}
	return kit.Bytes(b[:]...)
}
