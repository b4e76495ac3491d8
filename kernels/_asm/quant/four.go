package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/qwen-agent/qwen-agent/kernels/_asm/kit"
)

func quantizeBlocks4() {
	kit.Func("quantizeBlocks4", "func(dst *byte, x, whole, lost *float32, n int)",
		"quantizeBlocks4 quantises n blocks of 32 to Q4_0 and adds to eight sums of squares each.")
	dst, x, whole, lost, n := kit.Arg("dst"), kit.Arg("x"), kit.Arg("whole"), kit.Arg("lost"), kit.Arg("n")
	kit.Hold(kit.RepeatF(-0.125), kit.Repeat32(7), kit.Repeat32(0xfffffff8), kit.Repeat32(8))
	sumWhole, sumLost := YMM(), YMM()
	VMOVUPS(Mem{Base: whole}, sumWhole)
	VMOVUPS(Mem{Base: lost}, sumLost)
	kit.Loop("next4", n, 1, func() {
		var v [4]reg.VecVirtual
		high, low, t := YMM(), YMM(), YMM()
		for i := range v {
			v[i] = YMM()
			VMOVUPS(Mem{Base: x, Disp: 32 * i}, v[i])
			switch i {
			case 0:
			case 1:
				VMAXPS(v[1], v[0], high)
				VMINPS(v[1], v[0], low)
			default:
				VMAXPS(v[i], high, high)
				VMINPS(v[i], low, low)
			}
		}
		kit.Fold(high, VMAXPS)
		kit.Fold(low, VMINPS)
		// Of the two, the one whose absolute value is larger.
		VPXOR(t, t, t)
		VSUBPS(low, t, t)
		VCMPPS(Imm(0x1e), t, high, t) // high > -low
		VBLENDVPS(t, high, low, t)

		// The scale in float16, and what it is then.
		scale, inverse, some, bits := YMM(), YMM(), YMM(), XMM()
		VMULPS(kit.C(kit.RepeatF(-0.125)), t, t)
		VXORPS(some, some, some)
		VADDPS(some, t, t) // a zero loses its sign
		VCVTPS2PH(Imm(0), t, bits)
		VPEXTRW(Imm(0), bits, Mem{Base: dst})
		VCVTPH2PS(bits, scale)
		VCMPPS(Imm(4), some, scale, some) // not equal
		VMOVUPS(kit.RepeatF(1), inverse)
		VDIVPS(scale, inverse, inverse)
		VANDPS(some, inverse, inverse)

		for i := range v {
			q, e := YMM(), YMM()
			VMULPS(inverse, v[i], q)
			VCVTPS2DQ(q, q) // to nearest, ties to even
			VPMINSD(kit.C(kit.Repeat32(7)), q, q)
			VPMAXSD(kit.C(kit.Repeat32(0xfffffff8)), q, q)
			VCVTDQ2PS(q, e)
			VMULPS(scale, e, e)
			VSUBPS(e, v[i], e)
			VMULPS(e, e, e)
			VADDPS(e, sumLost, sumLost)
			VMULPS(v[i], v[i], e)
			VADDPS(e, sumWhole, sumWhole)
			VPADDD(kit.C(kit.Repeat32(8)), q, v[i])
		}
		for i := range 2 {
			VPSLLD(Imm(4), v[i+2], v[i+2])
			VPOR(v[i+2], v[i], v[i])
		}
		VPACKUSDW(v[1], v[0], v[0])
		VPACKUSWB(v[0], v[0], v[0])
		// Packing works within halves: words 0 4 1 5 in order are the bytes.
		order := YMM()
		VMOVDQU(words(0, 4, 1, 5, 0, 4, 1, 5), order)
		VPERMD(v[0], order, v[0])
		VMOVDQU(v[0].AsX(), Mem{Base: dst, Disp: 2})
		kit.Add(128, x)
		kit.Add(18, dst)
	})
	VMOVUPS(sumWhole, Mem{Base: whole})
	VMOVUPS(sumLost, Mem{Base: lost})
	VZEROUPPER()
	RET()
}
