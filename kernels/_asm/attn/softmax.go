package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/qwen-agent/qwen-agent/kernels/_asm/kit"
)

// soften emits one step of the online softmax for a block of scores, of which all or only some count.
func soften(name string, some bool) {
	kit.Func(name, "func(scores *float32, seen int, st, shrink *float32)",
		name+" turns seen scores of a block into weights; st are the largest score and the sum of the",
		"weights so far; shrink becomes what earlier sums are to be multiplied by.")
	scores, st, shrink := kit.Arg("scores"), kit.Arg("st"), kit.Arg("shrink")
	limit := YMM()
	if some {
		seen := kit.Arg("seen")
		VMOVQ(seen, limit.AsX())
		VPBROADCASTD(limit.AsX(), limit)
	}
	// mask returns a register that is all ones where the i-th eight scores count.
	mask := func(i int) reg.VecVirtual {
		m := YMM()
		VPCMPGTD(count(8*i), limit, m)
		return m
	}
	old, most := YMM(), YMM()
	VBROADCASTSS(Mem{Base: st}, old)
	VMOVAPS(old, most)
	most2 := YMM()
	VMOVAPS(old, most2)
	for i := range block / 8 {
		to := most
		if i%2 == 1 {
			to = most2
		}
		if some {
			v, infinity := YMM(), YMM()
			VMOVUPS(kit.RepeatF(math.Inf(-1)), infinity)
			VMOVUPS(Mem{Base: scores, Disp: 32 * i}, v)
			VBLENDVPS(mask(i), v, infinity, v)
			VMAXPS(v, to, to)
		} else {
			VMAXPS(Mem{Base: scores, Disp: 32 * i}, to, to)
		}
	}
	VMAXPS(most2, most, most)
	kit.Fold(most, VMAXPS)
	VMOVSS(most.AsX(), Mem{Base: st})
	VSUBPS(most, old, old)
	exp2(old)
	VMOVSS(old.AsX(), Mem{Base: shrink})
	sum := zero()
	for i := range block / 8 {
		v := YMM()
		VMOVUPS(Mem{Base: scores, Disp: 32 * i}, v)
		VSUBPS(most, v, v)
		exp2(v)
		if some {
			VANDPS(mask(i), v, v)
		}
		VMOVUPS(v, Mem{Base: scores, Disp: 32 * i})
		VADDPS(v, sum, sum)
	}
	kit.Fold(sum, VADDPS)
	before := XMM()
	VMULSS(Mem{Base: st, Disp: 4}, old.AsX(), before)
	VADDSS(sum.AsX(), before, before)
	VMOVSS(before, Mem{Base: st, Disp: 4})
	VZEROUPPER()
	RET()
}

// exp2 replaces the eight float32 of x, none above zero, by powers of two, within 1.1e-7 of the exact value
// relative to it; below the smallest normal number they stay there. 0 becomes 1.
//
// Adding 1.5·2^23 rounds x to an integer n, in the lowest bits of the sum. For the rest r, in
// [-1/2, 1/2], the polynomial has the least largest error relative to 2^r of those of degree 6 that are
// exact at 0: 2.6e-9.
func exp2(x reg.VecVirtual) {
	n, p := YMM(), YMM()
	VMAXPS(kit.RepeatF(-126), x, x)
	VADDPS(kit.RepeatF(3<<22), x, n)
	VSUBPS(kit.RepeatF(3<<22), n, p)
	VSUBPS(p, x, x)
	VMOVUPS(kit.RepeatF(powers[0]), p)
	for _, c := range powers[1:] {
		VFMADD213PS(kit.RepeatF(c), x, p)
	}
	VPSLLD(Imm(23), n, n)
	VPADDD(n, p, x)
}

// powers are the coefficients of exp2, from the highest degree.
var powers = []float64{0.000155946781613, 0.00134066439024, 0.00961769297299, 0.0555031055101, 0.240226527829, 0.693147214968, 1}

// merge emits the sum of two sums with largest scores of their own.
func merge() {
	kit.Func("merge2", "func(st, o, later, add *float32, n int)",
		"merge2 adds n later sums, a multiple of 8 and above zero, and their state to the earlier.")
	st, o, later, add, n := kit.Arg("st"), kit.Arg("o"), kit.Arg("later"), kit.Arg("add"), kit.Arg("n")
	a, b, most := YMM(), YMM(), YMM()
	VBROADCASTSS(Mem{Base: st}, a)
	VBROADCASTSS(Mem{Base: later}, b)
	VMAXPS(a, b, most)
	VMOVSS(most.AsX(), Mem{Base: st})
	for _, v := range []reg.VecVirtual{a, b} {
		VSUBPS(most, v, v)
		exp2(v)
	}
	s, t := XMM(), XMM()
	VMULSS(Mem{Base: st, Disp: 4}, a.AsX(), s)
	VMULSS(Mem{Base: later, Disp: 4}, b.AsX(), t)
	VADDSS(t, s, s)
	VMOVSS(s, Mem{Base: st, Disp: 4})
	kit.Loop("next", n, 8, func() {
		x, y := YMM(), YMM()
		VMULPS(Mem{Base: o}, a, x)
		VMULPS(Mem{Base: add}, b, y)
		VADDPS(y, x, x)
		VMOVUPS(x, Mem{Base: o})
		kit.Add(32, o)
		kit.Add(32, add)
	})
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
