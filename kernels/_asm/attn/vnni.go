package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/qwen-agent/qwen-agent/kernels/_asm/kit"
)

// allVNNI emits what is worth having vectors of 64 bytes. Products of pairs and their sum are one instruction there
// (VPDPWSSD), and with 32 registers six queries meet four vectors of keys or of values at once.
func allVNNI() {
	keysVNNI("F16", 0)
	keysVNNI("Q8", 32)
	valuesF16VNNI()
	for m := 1; m <= group; m++ {
		scoreVNNI(m)
	}
	softenVNNI("softenAllVNNI", false)
	softenVNNI("softenSomeVNNI", true)
	for m := 1; m <= group; m++ {
		mix("VNNI", m, stripe{4, 64, ZMM}, stripe{1, 64, ZMM}, stripe{1, 32, YMM})
	}
}

// wideZero returns a register of zeros.
func wideZero() reg.VecVirtual {
	v := ZMM() // VPXORD would do, but avo takes it for one that reads v
	VXORPS(v, v, v)
	return v
}

// scoreVNNI is score. All columns of a block are taken at once, of a shorter one sixteen.
func scoreVNNI(m int) {
	kit.Func(fmt.Sprintf("scoreVNNI%d", m), "func(dst *float32, q *int16, qStep *float32, keys *int16, kStep *float32, dim, n int)",
		fmt.Sprintf("scoreVNNI%d multiplies %d queries of dim steps, a multiple of 4, with n keys, a multiple of 16.", m, m))
	dst, q, qStep, keys, kStep, n := kit.Arg("dst"), kit.Arg("q"), kit.Arg("qStep"), kit.Arg("keys"), kit.Arg("kStep"), kit.Arg("n")
	stride := kit.Arg("dim")
	SHLQ(Imm(1), stride)
	query, advance := rows(m, q, stride)
	columns := func(width int) {
		acc := make([][]reg.VecVirtual, m)
		for i := range acc {
			for range width {
				acc[i] = append(acc[i], wideZero())
			}
		}
		at, left := GP64(), GP64()
		MOVQ(keys, at)
		Load(Param("dim"), left)
		kit.Loop(fmt.Sprintf("next%d", width), left, 4, func() {
			for pair := range 2 {
				k := make([]reg.VecVirtual, width)
				for j := range k {
					k[j] = ZMM()
					VMOVDQU32(Mem{Base: at, Disp: 4*block*pair + 64*j}, k[j])
				}
				for i := range m {
					x := ZMM()
					VPBROADCASTD(query(i).Offset(4*pair), x)
					for j := range k {
						VPDPWSSD(k[j], x, acc[i][j])
					}
				}
			}
			advance(8)
			kit.Add(8*block, at)
		})
		back := GP64()
		MOVQ(stride, back)
		NEGQ(back)
		advanceBy(m, query, back)
		for j := range width {
			step := ZMM()
			VMOVUPS(Mem{Base: kStep, Disp: 64 * j}, step)
			for i := range m {
				VCVTDQ2PS(acc[i][j], acc[i][j])
				VMULPS(step, acc[i][j], acc[i][j])
				VMULPS_BCST(Mem{Base: qStep, Disp: 4 * i}, acc[i][j], acc[i][j])
				VMOVUPS(acc[i][j], Mem{Base: dst, Disp: 4*block*i + 64*j})
			}
		}
		kit.Add(64*width, keys)
		kit.Add(64*width, kStep)
		kit.Add(64*width, dst)
	}
	CMPQ(n, Imm(block))
	JL(LabelRef("some"))
	columns(block / 16)
	SUBQ(Imm(block), n)
	Label("some")
	kit.Loop("columns", n, 16, func() { columns(1) })
	VZEROUPPER()
	RET()
}

// keysVNNI is keys.
func keysVNNI(format string, scaled int) {
	signature, place := "func(columns *int16, step, floats *float32, src *byte, tokens, dim int)", "."
	if scaled > 0 {
		signature, place = "func(columns *int16, step, floats *float32, src *byte, tokens, place, dim int)", "; place is their own."
	}
	kit.Func("keysVNNI"+format, signature,
		"keysVNNI"+format+" turns sixteen keys of dim elements into columns of steps, in pairs, and writes the length",
		"of a step of each; floats has room for (dim, 16), tokens is the number of columns of a page"+place)
	columns, step, floats, src, tokens, dim := kit.Arg("columns"), kit.Arg("step"), kit.Arg("floats"), kit.Arg("src"), kit.Arg("tokens"), kit.Arg("dim")
	at, left := GP64(), GP64()
	MOVQ(floats, at)
	MOVQ(dim, left)
	square := wideZero()
	row := func(scale reg.VecVirtual) {
		v := ZMM()
		if scale == nil {
			VCVTPH2PS(Mem{Base: src}, v)
		} else {
			VPMOVSXBD(Mem{Base: src}, v)
			VCVTDQ2PS(v, v)
			VMULPS(scale, v, v)
		}
		VMOVUPS(v, Mem{Base: at})
		VMULPS(v, v, v)
		VADDPS(v, square, square)
		ADDQ(tokens, src)
		kit.Add(64, at)
	}
	if scaled == 0 {
		SHLQ(Imm(1), tokens)
		kit.Loop("row", left, 1, func() { row(nil) })
	} else {
		place := kit.Arg("place")
		kit.Loop("blocks", left, scaled, func() {
			scale := ZMM()
			ADDQ(place, src)
			VCVTPH2PS(Mem{Base: src}, scale)
			SUBQ(place, src)
			LEAQ(Mem{Base: src, Index: tokens, Scale: 2}, src)
			rest := GP64()
			MOVQ(U32(scaled), rest)
			kit.Loop("row", rest, 1, func() { row(scale) })
		})
	}
	inverse, some := ZMM(), K()
	VSQRTPS(square, square)
	VBROADCASTSS(kit.RepeatF(unit), inverse)
	VDIVPS(square, inverse, inverse)
	VCMPPS_BCST(Imm(5), kit.RepeatF(tiny), square, some) // not less
	VMOVAPS_Z(inverse, some, inverse)
	VMULPS_BCST(kit.RepeatF(1.0/unit), square, square)
	VMOVAPS_Z(square, some, square)
	VMOVUPS(square, Mem{Base: step})
	low := ZMM()
	VPBROADCASTD(kit.Repeat32(1<<16-1), low)
	kit.Loop("pair", dim, 2, func() {
		a, b := ZMM(), ZMM()
		VMULPS(Mem{Base: floats}, inverse, a)
		VMULPS(Mem{Base: floats, Disp: 64}, inverse, b)
		VCVTPS2DQ(a, a)
		VCVTPS2DQ(b, b)
		VPSLLD(Imm(16), b, b)
		VPTERNLOGD(Imm(0xea), b, low, a) // a and low, or b
		VMOVDQU32(a, Mem{Base: columns})
		kit.Add(128, floats)
		kit.Add(4*block, columns)
	})
	VZEROUPPER()
	RET()
}

// valuesF16VNNI is valuesF16.
func valuesF16VNNI() {
	kit.Func("valuesVNNIF16", "func(dst *float32, src *byte, n int)",
		"valuesVNNIF16 converts n elements, a multiple of 8 and above zero.")
	dst, src, n := kit.Arg("dst"), kit.Arg("src"), kit.Arg("n")
	Label("many")
	SUBQ(Imm(32), n)
	JL(LabelRef("some"))
	for i := range 2 {
		v := ZMM()
		VCVTPH2PS(Mem{Base: src, Disp: 32 * i}, v)
		VMOVUPS(v, Mem{Base: dst, Disp: 64 * i})
	}
	kit.Add(64, src)
	kit.Add(128, dst)
	JMP(LabelRef("many"))
	Label("some")
	ADDQ(Imm(32), n)
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

// softenVNNI is soften. Weights are added up in the same order.
func softenVNNI(name string, some bool) {
	kit.Func(name, "func(scores *float32, seen int, st, shrink *float32)",
		name+" turns seen scores of a block into weights; st are the largest score and the sum of the",
		"weights so far; shrink becomes what earlier sums are to be multiplied by.")
	scores, st, shrink := kit.Arg("scores"), kit.Arg("st"), kit.Arg("shrink")
	// counts has, for each sixteen scores, a bit for those that count.
	var counts [block / 16]reg.OpmaskVirtual
	if some {
		seen, all := kit.Arg("seen"), GP64()
		MOVQ(I64(-1), all)
		BZHIQ(seen, all, all)
		for i := range counts {
			counts[i] = K()
			KMOVW(all.As32(), counts[i])
			if i < len(counts)-1 {
				SHRQ(Imm(16), all)
			}
		}
	}
	old := YMM()
	VBROADCASTSS(Mem{Base: st}, old)
	var values [block / 16]reg.VecVirtual
	most := ZMM()
	VBROADCASTSS(Mem{Base: st}, most)
	for i := range values {
		values[i] = ZMM()
		VMOVUPS(Mem{Base: scores, Disp: 64 * i}, values[i])
		if some {
			VMAXPS(values[i], most, counts[i], most)
		} else {
			VMAXPS(values[i], most, most)
		}
	}
	high := YMM()
	VEXTRACTF64X4(Imm(1), most, high)
	VMAXPS(high, most.AsY(), high)
	kit.Fold(high, VMAXPS)
	VMOVSS(high.AsX(), Mem{Base: st})
	VBROADCASTSS(high.AsX(), most)
	VSUBPS(most.AsY(), old, old)
	exp2(old)
	VMOVSS(old.AsX(), Mem{Base: shrink})
	sum := zero()
	for i, v := range values {
		VSUBPS(most, v, v)
		exp2VNNI(v)
		if some {
			VMOVAPS_Z(v, counts[i], v)
		}
		VMOVUPS(v, Mem{Base: scores, Disp: 64 * i})
		VADDPS(v.AsY(), sum, sum)
		half := YMM()
		VEXTRACTF64X4(Imm(1), v, half)
		VADDPS(half, sum, sum)
	}
	kit.Fold(sum, VADDPS)
	before := XMM()
	VMULSS(Mem{Base: st, Disp: 4}, old.AsX(), before)
	VADDSS(sum.AsX(), before, before)
	VMOVSS(before, Mem{Base: st, Disp: 4})
	VZEROUPPER()
	RET()
}

// exp2VNNI is exp2 for sixteen.
func exp2VNNI(x reg.VecVirtual) {
	n, p := ZMM(), ZMM()
	VMAXPS_BCST(kit.RepeatF(-126), x, x)
	VADDPS_BCST(kit.RepeatF(3<<22), x, n)
	VSUBPS_BCST(kit.RepeatF(3<<22), n, p)
	VSUBPS(p, x, x)
	VBROADCASTSS(kit.RepeatF(powers[0]), p)
	for _, c := range powers[1:] {
		VFMADD213PS_BCST(kit.RepeatF(c), x, p)
	}
	VPSLLD(Imm(23), n, n)
	VPADDD(n, p, x)
}
