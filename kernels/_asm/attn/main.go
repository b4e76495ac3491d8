// Command attn writes the kernels of package attn: those for AVX2 or, with -vnni, those for AVX-512 VNNI.
package main

import (
	"flag"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/qwen-agent/qwen-agent/kernels/_asm/kit"
)

// What package attn says of its blocks.
const (
	block = 64
	group = 6
	unit  = 32760
	tiny  = 1e-30
)

func main() {
	vnni := flag.Bool("vnni", false, "write the kernels for AVX-512 VNNI")
	flag.Parse()
	ConstraintExpr("!purego")
	if *vnni {
		allVNNI()
	} else {
		allAVX2()
	}
	Generate()
}

func allAVX2() {
	quantize()
	keys("F16", 0)
	keys("Q8", 32)
	valuesF16()
	valuesQ8()
	for m := 1; m <= group; m++ {
		score(m)
	}
	soften("softenAll", false)
	soften("softenSome", true)
	for m := 1; m <= group; m++ {
		mix("", m, stripe{2, 32, YMM}, stripe{1, 32, YMM})
	}
	merge()
}

// rows returns the addresses of up to six rows that begin at base, stride bytes apart. Advance moves all
// of them.
func rows(m int, base, stride reg.GPVirtual) (at func(i int) Mem, advance func(n int)) {
	stride3, base4 := GP64(), GP64()
	if m > 3 {
		LEAQ(Mem{Base: stride, Index: stride, Scale: 2}, stride3)
	}
	if m > 4 {
		LEAQ(Mem{Base: base, Index: stride, Scale: 4}, base4)
	}
	at = func(i int) Mem {
		p := Mem{Base: base}
		if i >= 4 {
			p, i = Mem{Base: base4}, i-4
		}
		switch i {
		case 1:
			p = p.Idx(stride, 1)
		case 2:
			p = p.Idx(stride, 2)
		case 3:
			p = p.Idx(stride3, 1)
		}
		return p
	}
	return at, func(n int) {
		kit.Add(n, base)
		if m > 4 {
			kit.Add(n, base4)
		}
	}
}

// zero returns a register of zeros.
func zero() reg.VecVirtual {
	v := YMM()
	VXORPS(v, v, v)
	return v
}

// steps turns squares of lengths into the reciprocals of steps, which it returns, and into steps.
func steps(square reg.VecVirtual) (inverse reg.VecVirtual) {
	some := YMM()
	inverse = YMM()
	VSQRTPS(square, square)
	VMOVUPS(kit.RepeatF(unit), inverse)
	VDIVPS(square, inverse, inverse)
	VMOVUPS(kit.RepeatF(tiny), some)
	VCMPPS(Imm(5), some, square, some) // not less
	VANDPS(some, inverse, inverse)
	VMULPS(kit.RepeatF(1.0/unit), square, square)
	VANDPS(some, square, square)
	return inverse
}

// quantize emits the rounding of a vector to steps.
func quantize() {
	kit.Func("quantize16", "func(dst *int16, x *float32, n int, step *float32)",
		"quantize16 turns n elements, a multiple of 8 and above zero, into steps, and writes their length.")
	dst, x, n := kit.Arg("dst"), kit.Arg("x"), kit.Arg("n")
	at, left, square := GP64(), GP64(), zero()
	MOVQ(x, at)
	MOVQ(n, left)
	kit.Loop("sum", left, 8, func() {
		v := YMM()
		VMOVUPS(Mem{Base: at}, v)
		VMULPS(v, v, v)
		VADDPS(v, square, square)
		kit.Add(32, at)
	})
	kit.Fold(square, VADDPS)
	inverse := steps(square)
	step := GP64()
	Load(Param("step"), step)
	VMOVSS(square.AsX(), Mem{Base: step})
	kit.Loop("next", n, 8, func() {
		v, high := YMM(), XMM()
		VMULPS(Mem{Base: x}, inverse, v)
		VCVTPS2DQ(v, v)
		VEXTRACTI128(Imm(1), v, high)
		VPACKSSDW(high, v.AsX(), high)
		VMOVDQU(high, Mem{Base: dst})
		kit.Add(32, x)
		kit.Add(16, dst)
	})
	VZEROUPPER()
	RET()
}
