package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/qwen-agent/qwen-agent/kernels/_asm/kit"
)

// scales emits the kernel that writes, for each of n blocks, a vector of the scales of eight rows to d,
// and a vector of their minimums to m where the format has them. For Q6_K d is the scale of the
// super-block and m has the two int16 scales of the half blocks.
func scales(f *format) {
	kit.Func("scales"+f.name, "func(d, m *float32, w *byte, stride, n int)",
		fmt.Sprintf("scales%s collects the scales of n blocks of eight rows of %s.", f.name, f.name))
	r, d, m, n := loadRows(), kit.Arg("d"), kit.Arg("m"), kit.Arg("n")
	kit.Loop("next", n, f.blocks, func() {
		f.scales(r, d, m)
		r.advance(f.size)
		kit.Add(32*f.blocks, d)
		if f.min || f.halves {
			kit.Add(32*f.blocks, m)
		}
	})
	VZEROUPPER()
	RET()
}

// plainScales reads the float16 scale, and the minimum after it, that start a block.
func plainScales(min bool) func(r rows, d, m reg.GPVirtual) {
	return func(r rows, d, m reg.GPVirtual) {
		floats(r, 0, Mem{Base: d})
		if min {
			floats(r, 2, Mem{Base: m})
		}
	}
}

// floats converts the float16 at disp of the eight rows and stores them, if the place is not zero.
func floats(r rows, disp int, to Mem) reg.VecVirtual {
	h := XMM()
	VPXOR(h, h, h)
	for i := range 8 {
		VPINSRW(Imm(uint64(i)), r.at(i, disp), h, h)
	}
	v := YMM()
	VCVTPH2PS(h, v)
	if to.Base != nil {
		VMOVUPS(v, to)
	}
	return v
}

// words transposes 16 bytes at disp of each row: vector i has the 32-bit word i of all rows.
func words(r rows, disp int) [4]reg.VecVirtual {
	var in [4]reg.VecVirtual
	for i := range in {
		in[i] = YMM()
		VMOVDQU(r.at(i, disp), in[i].AsX())
		VINSERTI128(Imm(1), r.at(i+4, disp), in[i], in[i])
	}
	var out [4]reg.VecVirtual
	lo01, hi01, lo23, hi23 := YMM(), YMM(), YMM(), YMM()
	VPUNPCKLDQ(in[1], in[0], lo01)
	VPUNPCKHDQ(in[1], in[0], hi01)
	VPUNPCKLDQ(in[3], in[2], lo23)
	VPUNPCKHDQ(in[3], in[2], hi23)
	for i := range out {
		out[i] = YMM()
	}
	VPUNPCKLQDQ(lo23, lo01, out[0])
	VPUNPCKHQDQ(lo23, lo01, out[1])
	VPUNPCKLQDQ(hi23, hi01, out[2])
	VPUNPCKHQDQ(hi23, hi01, out[3])
	return out
}

// scalesK reads the first 16 bytes of Q4_K and Q5_K: d, e and the packed scales and minimums.
func scalesK(r rows, d, m reg.GPVirtual) {
	w := words(r, 0)
	// The float16 d and e are the low and the high 16 bits of word 0. Packing leaves four of d and
	// four of e in each half; gathering the quarters puts the eight d below the eight e.
	dd, ee := YMM(), YMM()
	VPSRLD(Imm(16), w[0], ee)
	VPSLLD(Imm(16), w[0], dd)
	VPSRLD(Imm(16), dd, dd)
	VPACKUSDW(ee, dd, dd)
	VPERMQ(Imm(0b11_01_10_00), dd, dd)
	VEXTRACTI128(Imm(1), dd, ee.AsX())
	VCVTPH2PS(dd.AsX(), dd)
	VCVTPH2PS(ee.AsX(), ee)
	VXORPS(kit.C(kit.Repeat32(1<<31)), ee, ee) // minimums are subtracted

	six := func(low, high reg.VecVirtual, rest int, scale reg.VecVirtual, to reg.GPVirtual) {
		lo, hi, t := YMM(), YMM(), YMM()
		VPAND(kit.C(kit.Repeat8(63)), low, lo)
		VMOVDQA(high, hi)
		if rest > 0 {
			VPSRLD(Imm(uint64(rest)), hi, hi)
		}
		VPAND(kit.C(kit.Repeat8(15)), hi, hi)
		VPSRLD(Imm(2), low, t)
		VPAND(kit.C(kit.Repeat8(48)), t, t)
		VPOR(t, hi, hi)
		for j := range 8 {
			from := lo
			if j >= 4 {
				from = hi
			}
			v := YMM()
			VPSLLD(Imm(uint64(24-j%4*8)), from, v)
			VPSRLD(Imm(24), v, v)
			VCVTDQ2PS(v, v)
			VMULPS(scale, v, v)
			VMOVUPS(v, Mem{Base: to, Disp: 32 * j})
		}
	}
	six(w[1], w[3], 0, dd, d)
	six(w[2], w[3], 4, ee, m)
}

// scales6K reads the 16 int8 scales and d of Q6_K.
func scales6K(r rows, d, m reg.GPVirtual) {
	w := words(r, 192)
	for j := range 8 {
		// Both bytes of the block to the upper halves of 16-bit lanes, then down with their signs.
		pair := YMM()
		VPSHUFB(kit.C(pairBytes(j%2)), w[j/2], pair)
		VPSRAW(Imm(8), pair, pair)
		VMOVDQU(pair, Mem{Base: m, Disp: 32 * j})
	}
	v := floats(r, 208, Mem{})
	for j := range 8 {
		VMOVUPS(v, Mem{Base: d, Disp: 32 * j})
	}
}

func pairBytes(second int) Mem {
	var b [32]byte
	for i := range b {
		switch i % 4 {
		case 1:
			b[i] = byte(i%16/4*4 + 2*second)
		case 3:
			b[i] = byte(i%16/4*4 + 2*second + 1)
		default:
			b[i] = 0x80 // zero
		}
	}
	return kit.Bytes(b[:]...)
}
