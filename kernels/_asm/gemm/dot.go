package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/qwen-agent/qwen-agent/kernels/_asm/kit"
)

// dot emits the product of n blocks of eight rows with one row of activations. dst has eight sums, to
// which it adds; s are the sums of the activations' blocks that the class needs.
func dot(f *format) {
	kit.Func("dot"+f.name, "func(dst *float32, w *byte, stride int, d, m *float32, x *int8, scale *float32, s *byte, n int)",
		fmt.Sprintf("dot%s adds to dst the products of n blocks of eight rows of %s with a row of activations.", f.name, f.name))
	r := loadRows()
	dst, d, m, x := kit.Arg("dst"), kit.Arg("d"), kit.Arg("m"), kit.Arg("x")
	scale, s, n := kit.Arg("scale"), kit.Arg("s"), kit.Arg("n")
	acc := YMM()
	VMOVUPS(Mem{Base: dst}, acc)
	kit.Loop("next", n, f.blocks, func() {
		for j := range f.blocks {
			xs := YMM()
			VMOVDQU(Mem{Base: x, Disp: 32 * j}, xs)
			sum := reduce(func(row int) reg.VecVirtual {
				p := product(f, f.load(r, row, j), xs)
				if f.halves {
					by := YMM() // the row's two scales, each in eight lanes
					VBROADCASTI128(r.at(row, 192), by)
					VPSHUFB(halfBytes(j), by, by)
					VPSRAW(Imm(8), by, by)
					VPMADDWD(by, p, p)
				} else {
					VPMADDWD(kit.Repeat16(1), p, p)
				}
				return p
			})
			finish(f.class, sum, acc, Mem{Base: d, Disp: 32 * j}, Mem{Base: m, Disp: 32 * j},
				Mem{Base: scale, Disp: 4 * j}, Mem{Base: s, Disp: 4 * j})
		}
		r.advance(f.size)
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
// is 32512.
func product(f *format, q, x reg.VecVirtual) reg.VecVirtual {
	if f.bits < 8 {
		VPMADDUBSW(x, q, q)
		return q
	}
	a, b := YMM(), YMM()
	VPABSB(q, a)
	VPSIGNB(q, x, b)
	VPMADDUBSW(b, a, a)
	return a
}

func halfBytes(j int) Mem {
	var b [32]byte
	for i := range b {
		b[i] = 0x80
		if i%2 == 1 {
			b[i] = byte(2*j + i/16)
		}
	}
	return kit.Bytes(b[:]...)
}

// reduce sums the eight lanes of the vectors of eight rows: lane i of the result is the sum of row i.
func reduce(row func(int) reg.VecVirtual) reg.VecVirtual {
	pair := func(i int) reg.VecVirtual { // a0+a2 b0+b2 a1+a3 b1+b3, in both halves
		a, b, lo := row(i), row(i+1), YMM()
		VPUNPCKLDQ(b, a, lo)
		VPUNPCKHDQ(b, a, a)
		VPADDD(lo, a, a)
		return a
	}
	four := func(i int) reg.VecVirtual { // the sums of four lanes of a b c d, in both halves
		ab, cd, lo := pair(i), pair(i+2), YMM()
		VPUNPCKLQDQ(cd, ab, lo)
		VPUNPCKHQDQ(cd, ab, ab)
		VPADDD(lo, ab, ab)
		return ab
	}
	low, high, t := four(0), four(4), YMM()
	VPERM2I128(Imm(0x20), high, low, t)
	VPERM2I128(Imm(0x31), high, low, low)
	VPADDD(t, low, low)
	return low
}

// finish brings the integer sums of a block of eight rows to float32 and adds them to acc, in the order
// and with the roundings that gemm.Mul promises.
func finish(c *class, sum, acc reg.VecVirtual, d, m, scale, s Mem) {
	if c.offset != 0 {
		t := YMM()
		VPBROADCASTD(s, t) // the sums of the activations' half blocks
		if c.halves {
			VPMADDWD(m, t, t)
			VPSLLD(Imm(5), t, t)
			VPSUBD(t, sum, sum)
		} else {
			VPMADDWD(kit.Repeat16(int16(-c.offset)), t, t)
			VPADDD(t, sum, sum)
		}
	}
	VCVTDQ2PS(sum, sum)
	by := YMM()
	VBROADCASTSS(scale, by)
	VMULPS(d, by, by)
	VMULPS(by, sum, sum)
	VADDPS(sum, acc, acc)
	if c.min {
		t := YMM()
		VBROADCASTSS(s, t)
		VMULPS(m, t, t)
		VADDPS(t, acc, acc)
	}
}
