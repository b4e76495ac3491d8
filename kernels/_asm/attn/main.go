// Command attn writes the AVX2 kernels of package attn.
package main

import (
	"fmt"
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/qwen-agent/qwen-agent/kernels/_asm/kit"
)

func main() {
	ConstraintExpr("!purego")
	for m := 1; m <= 6; m++ {
		product(m)
	}
	soften()
	keys()
	values()
	Generate()
}

// product emits c += a·b for m rows: c is (m, n), a (m, k), b (k, n), n a multiple of 16 and above zero.
// Each element of c is one chain of fused additions in the order of k.
func product(m int) {
	kit.Func(fmt.Sprintf("product%d", m), "func(c, a, b *float32, k, n int)",
		fmt.Sprintf("product%d adds a·b to %d rows of c; n is a multiple of 16.", m, m))
	c, a, b, n := kit.Arg("c"), kit.Arg("a"), kit.Arg("b"), kit.Arg("n")
	aStride, aStride3, cStride, left := kit.Arg("k"), GP64(), GP64(), GP64()
	SHLQ(Imm(2), aStride)
	LEAQ(Mem{Base: aStride, Index: aStride, Scale: 2}, aStride3)
	MOVQ(n, cStride)
	SHLQ(Imm(2), cStride)
	a4 := GP64()
	LEAQ(Mem{Base: a, Index: aStride, Scale: 4}, a4)
	row := func(i int) Mem { // of a, at the current column
		base, r := a, i
		if i >= 4 {
			base, r = a4, i-4
		}
		p := Mem{Base: base}
		switch r {
		case 1:
			p = p.Idx(aStride, 1)
		case 2:
			p = p.Idx(aStride, 2)
		case 3:
			p = p.Idx(aStride3, 1)
		}
		return p
	}
	var acc [6][2]reg.VecVirtual
	each := func(move func(v reg.VecVirtual, at Mem)) {
		at := GP64()
		MOVQ(c, at)
		for i := range m {
			for j := range 2 {
				move(acc[i][j], Mem{Base: at, Disp: 32 * j})
			}
			if i < m-1 {
				ADDQ(cStride, at)
			}
		}
	}
	for i := range m {
		acc[i] = [2]reg.VecVirtual{YMM(), YMM()}
	}
	kit.Loop("columns", n, 16, func() {
		each(func(v reg.VecVirtual, at Mem) { VMOVUPS(at, v) })
		bb := GP64()
		MOVQ(b, bb)
		Load(Param("k"), left)
		kit.Loop("next", left, 1, func() {
			b0, b1 := YMM(), YMM()
			VMOVUPS(Mem{Base: bb}, b0)
			VMOVUPS(Mem{Base: bb, Disp: 32}, b1)
			for i := range m {
				x := YMM()
				VBROADCASTSS(row(i), x)
				VFMADD231PS(b0, x, acc[i][0])
				VFMADD231PS(b1, x, acc[i][1])
			}
			ADDQ(cStride, bb)
			kit.Add(4, a)
			if m > 4 {
				kit.Add(4, a4)
			}
		})
		SUBQ(aStride, a)
		if m > 4 {
			SUBQ(aStride, a4)
		}
		each(func(v reg.VecVirtual, at Mem) { VMOVUPS(v, at) })
		kit.Add(64, b)
		kit.Add(64, c)
	})
	VZEROUPPER()
	RET()
}

// soften emits one step of the online softmax for a block of 32 scores.
func soften() {
	kit.Func("soften32", "func(scores *float32, seen int, st *float32, o *float32, n int)",
		"soften32 turns seen of 32 scores into weights; st are the largest score and the sum of the",
		"weights so far, o the n sums of values so far, n a multiple of 8.")
	scores, seen, st, o, n := kit.Arg("scores"), kit.Arg("seen"), kit.Arg("st"), kit.Arg("o"), kit.Arg("n")
	infinity := YMM()
	VMOVUPS(kit.RepeatF(math.Inf(-1)), infinity)
	limit := YMM()
	VMOVQ(seen, limit.AsX())
	VPBROADCASTD(limit.AsX(), limit)
	old, most := YMM(), YMM()
	VBROADCASTSS(Mem{Base: st}, old)
	VMOVAPS(old, most)
	var v [4]reg.VecVirtual
	for i := range v {
		v[i] = YMM()
		mask := YMM()
		VPCMPGTD(count(8*i), limit, mask) // those whose number is below seen
		VMOVUPS(Mem{Base: scores, Disp: 32 * i}, v[i])
		VBLENDVPS(mask, v[i], infinity, v[i])
		VMAXPS(v[i], most, most)
	}
	kit.Fold(most, VMAXPS)
	VMOVSS(most.AsX(), Mem{Base: st})
	sum := YMM()
	VXORPS(sum, sum, sum)
	for i := range v {
		VSUBPS(most, v[i], v[i])
		kit.Exp(v[i])
		VMOVUPS(v[i], Mem{Base: scores, Disp: 32 * i})
		VADDPS(v[i], sum, sum)
	}
	kit.Fold(sum, VADDPS)
	shrink := YMM()
	VSUBPS(most, old, shrink)
	kit.Exp(shrink)
	before := XMM()
	VMOVSS(Mem{Base: st, Disp: 4}, before)
	VMULSS(shrink.AsX(), before, before)
	VADDSS(sum.AsX(), before, before)
	VMOVSS(before, Mem{Base: st, Disp: 4})
	VUCOMISS(kit.RepeatF(1), shrink.AsX())
	JE(LabelRef("done"))
	kit.Loop("next", n, 8, func() {
		t := YMM()
		VMULPS(Mem{Base: o}, shrink, t)
		VMOVUPS(t, Mem{Base: o})
		kit.Add(32, o)
	})
	Label("done")
	VZEROUPPER()
	RET()
}

// count returns the eight numbers from first on.
func count(first int) Mem {
	var b [32]byte
	for i := range 8 {
		b[4*i] = byte(first + i)
	}
	return kit.Bytes(b[:]...)
}

// keys emits the conversion of eight keys to eight neighbouring columns of a (dim, 32) block.
func keys() {
	kit.Func("keys8", "func(columns *float32, src *uint16, stride, dim int)",
		"keys8 writes eight keys of dim elements, a multiple of 8, as columns of rows of 32; stride is in bytes.")
	columns, src, stride, n := kit.Arg("columns"), kit.Arg("src"), kit.Arg("stride"), kit.Arg("dim")
	stride3, src4 := GP64(), GP64()
	LEAQ(Mem{Base: stride, Index: stride, Scale: 2}, stride3)
	LEAQ(Mem{Base: src, Index: stride, Scale: 4}, src4)
	kit.Loop("next", n, 8, func() {
		var v [8]reg.VecVirtual
		for i := range v {
			at := Mem{Base: []reg.GPVirtual{src, src4}[i/4]}
			switch i % 4 {
			case 1:
				at = at.Idx(stride, 1)
			case 2:
				at = at.Idx(stride, 2)
			case 3:
				at = at.Idx(stride3, 1)
			}
			v[i] = YMM()
			VCVTPH2PS(at, v[i])
		}
		kit.Transpose(&v)
		for i := range v {
			VMOVUPS(v[i], Mem{Base: columns, Disp: 128 * i})
		}
		kit.Add(16, src)
		kit.Add(16, src4)
		kit.Add(1024, columns)
	})
	VZEROUPPER()
	RET()
}

// values emits the conversion of values to rows without gaps.
func values() {
	kit.Func("values8", "func(dst *float32, src *uint16, stride, dim, n int)",
		"values8 converts n values of dim elements, a multiple of 8 and above zero; stride is in bytes.")
	dst, src, stride, n := kit.Arg("dst"), kit.Arg("src"), kit.Arg("stride"), kit.Arg("n")
	kit.Loop("value", n, 1, func() {
		at, left := GP64(), GP64()
		MOVQ(src, at)
		Load(Param("dim"), left)
		kit.Loop("next", left, 8, func() {
			v := YMM()
			VCVTPH2PS(Mem{Base: at}, v)
			VMOVUPS(v, Mem{Base: dst})
			kit.Add(16, at)
			kit.Add(32, dst)
		})
		ADDQ(stride, src)
	})
	VZEROUPPER()
	RET()
}
