package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/qwen-agent/qwen-agent/kernels/_asm/kit"
)

// dot emits the product of n blocks of eight rows with one row of activations. dst has eight sums, to
// which it adds; s are the sums of the activations' blocks that the class needs. As many bytes from
// next on as it reads of weights are brought into the second cache: memory gives them fastest in their order.
func dot(f *format) {
	kit.Func("dot"+f.name, "func(dst *float32, w *byte, stride int, next *byte, d, m *float32, x *int8, scale *float32, s *byte, n int)",
		fmt.Sprintf("dot%s adds to dst the products of n blocks of eight rows of %s with a row of activations,", f.name, f.name),
		"and prefetches as many bytes from next on.")
	r, next := loadRows(), kit.Arg("next")
	dst, d, m, x := kit.Arg("dst"), kit.Arg("d"), kit.Arg("m"), kit.Arg("x")
	scale, s, n := kit.Arg("scale"), kit.Arg("s"), kit.Arg("n")
	kit.Hold(f.constants...)
	if f.halves {
		kit.Hold(pairScales())
	} else {
		kit.Hold(kit.Repeat16(1))
	}
	acc := YMM()
	VMOVUPS(Mem{Base: dst}, acc)
	kit.Loop("next", n, f.blocks, func() {
		line := 0
		for j := range f.blocks {
			for ; line*f.blocks < 8*f.size*(j+1); line += 64 {
				PREFETCHT1(Mem{Base: next, Disp: line})
			}
			xs := YMM()
			VMOVDQU(Mem{Base: x, Disp: 32 * j}, xs)
			sum := reduce(f.class, Mem{Base: m, Disp: 32 * j}, func(row int) reg.VecVirtual {
				return product(f, f.load(r, row, j), xs)
			})
			finish(f.class, Mem{Base: scale, Disp: 4 * j}, Mem{Base: s, Disp: 4 * j},
				eightSums{sum, acc, Mem{Base: d, Disp: 32 * j}, Mem{Base: m, Disp: 32 * j}})
		}
		r.advance(f.size)
		kit.Add(8*f.size, next)
		kit.Add(32*f.blocks, x)
		kit.Add(32*f.blocks, d)
		kit.Add(4*f.blocks, scale)
		if f.min || f.halves {
			kit.Add(32*f.blocks, m)
		}
		if f.min || f.offset != 0 {
			kit.Add(4*f.blocks, s)
		}
	})
	VMOVUPS(acc, Mem{Base: dst})
	VZEROUPPER()
	RET()
}

// product multiplies 32 bytes of weights q, which it may overwrite, with 32 bytes of activations and
// adds neighbours: 16 int16. None can overflow: unsigned bytes are below 64, and for signed ones 2·128·127
// is 32512, which leaves no room for another addition, so that they are added to eight int32.
func product(f *format, q, x reg.VecVirtual) reg.VecVirtual {
	if f.bits < 8 {
		VPMADDUBSW(x, q, q)
		return q
	}
	a, b := YMM(), YMM()
	VPABSB(q, a)
	VPSIGNB(q, x, b)
	VPMADDUBSW(b, a, a)
	VPMADDWD(kit.C(kit.Repeat16(1)), a, a)
	return a
}

// reduce sums up the products of eight rows: lane i of the result is the sum of row i.
//
// Sums stay in 16 bits as long as they cannot overflow: 2·31·127·4 is 31496, 2·63·127·2 is 32004.
func reduce(c *class, m Mem, row func(int) reg.VecVirtual) reg.VecVirtual {
	add := func(bits int, a, b reg.VecVirtual) {
		if c.bits <= bits {
			VPADDW(b, a, a)
		} else {
			VPADDD(b, a, a)
		}
	}
	pair := func(i int) reg.VecVirtual { // 32-bit lanes of rows a b a b in both halves
		a, b, low := row(i), row(i+1), YMM()
		VPUNPCKLDQ(b, a, low)
		VPUNPCKHDQ(b, a, a)
		add(6, a, low)
		if c.halves { // the rows' scales, in the lower half that of the first 16 elements
			by := YMM()
			VPBROADCASTQ(m.Offset(4*i), by)
			VPSHUFB(kit.C(pairScales()), by, by)
			VPMADDWD(by, a, a)
		}
		return a
	}
	four := func(i int) reg.VecVirtual { // rows a b c d in both halves
		ab, cd, low := pair(i), pair(i+2), YMM()
		VPUNPCKLQDQ(cd, ab, low)
		VPUNPCKHQDQ(cd, ab, ab)
		add(5, ab, low)
		if c.bits <= 5 {
			VPMADDWD(kit.C(kit.Repeat16(1)), ab, ab)
		}
		return ab
	}
	low, high, t := four(0), four(4), YMM()
	VPERM2I128(Imm(0x20), high, low, t)
	VPERM2I128(Imm(0x31), high, low, low)
	VPADDD(t, low, low)
	return low
}

// pairScales picks from two pairs of int16, a0 a1 b0 b1, those for a0 a0 b0 b0 a0 a0 b0 b0 in the lower
// half and a1 a1 b1 b1 a1 a1 b1 b1 in the upper.
func pairScales() Mem {
	var b [32]byte
	for i := range b {
		b[i] = byte(i/4%2*4 + i/16*2 + i%2)
	}
	return kit.Bytes(b[:]...)
}

// eightSums are the integer sums of a block of eight rows, and what they are added to.
type eightSums struct {
	sum, acc reg.VecVirtual
	d, m     Op
}

// finish brings the integer sums of a block, of eight rows each, to float32 and adds them to acc, in the order
// and with the roundings that gemm.Mul promises. scale and s are those of a row of activations.
func finish(c *class, scale, s Mem, rows ...eightSums) {
	if c.offset != 0 {
		t := YMM()
		VPBROADCASTD(s, t) // the sums of the activations' half blocks
		if !c.halves {
			VPMADDWD(kit.C(kit.Repeat16(int16(-c.offset))), t, t)
		}
		for i, r := range rows {
			if !c.halves {
				VPADDD(t, r.sum, r.sum)
				continue
			}
			u := t
			if i < len(rows)-1 {
				u = YMM()
			}
			VPMADDWD(r.m, t, u)
			VPSLLD(Imm(5), u, u)
			VPSUBD(u, r.sum, r.sum)
		}
	}
	for _, r := range rows {
		VCVTDQ2PS(r.sum, r.sum)
	}
	// times calls then with the products of a number of the row of activations with a vector of each of rows.
	times := func(factor Mem, by func(r eightSums) Op, then func(r eightSums, product reg.VecVirtual)) {
		f := YMM()
		VBROADCASTSS(factor, f)
		for i, r := range rows {
			product := f
			if i < len(rows)-1 {
				product = YMM()
			}
			VMULPS(by(r), f, product)
			then(r, product)
		}
	}
	times(scale, func(r eightSums) Op { return r.d }, func(r eightSums, by reg.VecVirtual) {
		VMULPS(by, r.sum, r.sum)
		VADDPS(r.sum, r.acc, r.acc)
	})
	if c.min {
		times(s, func(r eightSums) Op { return r.m }, func(r eightSums, t reg.VecVirtual) { VADDPS(t, r.acc, r.acc) })
	}
}
