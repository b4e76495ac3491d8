package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/qwen-agent/qwen-agent/kernels/_asm/kit"
)

// both are the groups of eight rows of a wide tile.
const both = 2

// wideSums are the sums of a block of sixteen rows with each row of activations.
type wideSums [tokens][both]reg.VecVirtual

// tileWide emits the product of a panel of n blocks of sixteen rows with four rows of activations, see tile:
// what is broadcast of these serves both groups of eight. In each block, the bytes of the first group come
// before those of the second, and so do their scales.
//
// The integer sums alone take half of the registers, so the sums of blocks before wait on the stack.
func tileWide(c *class) {
	kit.Func("tileWide"+c.name, "func(dst *float32, stride int, panel *byte, d, m *float32, x *int8, cols int, scale *float32, s *byte, n int)",
		fmt.Sprintf("tileWide%s adds to four rows of dst, stride bytes apart, the products of a panel of n blocks of sixteen rows", c.name),
		"with four rows of activations.")
	// Lines of the cache start at multiples of 64.
	const vectors = tokens * both
	local, stack := AllocLocal(2*32*vectors+64), GP64()
	LEAQ(local, stack)
	ADDQ(Imm(63), stack)
	ANDQ(I8(-64), stack)
	acc := func(t, i int) Mem { return Mem{Base: stack, Disp: 32 * (both*t + i)} }
	spare := func(t, i int) Mem { return acc(t, i).Offset(32 * vectors) }

	out := func(move func(at, acc Mem)) {
		dst, stride := kit.Arg("dst"), kit.Arg("stride")
		for t := range tokens {
			for i := range both {
				move(Mem{Base: dst, Disp: 32 * i}, acc(t, i))
			}
			ADDQ(stride, dst)
		}
	}
	copyTo := func(from, to Mem) {
		v := YMM()
		VMOVUPS(from, v)
		VMOVUPS(v, to)
	}
	out(copyTo)
	panel, d, m, x, scale, s := kit.Arg("panel"), kit.Arg("d"), kit.Arg("m"), kit.Arg("x"), kit.Arg("scale"), kit.Arg("s")
	cols, n := kit.Arg("cols"), kit.Arg("n")
	cols3, eighth, eighth3 := GP64(), GP64(), GP64()
	LEAQ(Mem{Base: cols, Index: cols, Scale: 2}, cols3)
	MOVQ(cols, eighth)
	SHRQ(Imm(3), eighth)
	LEAQ(Mem{Base: eighth, Index: eighth, Scale: 2}, eighth3)

	kit.Loop("next", n, 1, func() {
		sums := wideIntegers(c, panel, m, func(t, group int) Mem { return row4(x, cols, cols3, t).Offset(4 * group) }, spare)
		for t := range tokens {
			var rows [both]eightSums
			for i := range rows {
				rows[i] = eightSums{sums[t][i], YMM(), Mem{Base: d, Disp: 32 * i}, Mem{Base: m, Disp: 32 * i}}
				VMOVUPS(acc(t, i), rows[i].acc)
			}
			finish(c, row4(scale, eighth, eighth3, t), row4(s, eighth, eighth3, t), rows[:]...)
			for i := range rows {
				VMOVUPS(rows[i].acc, acc(t, i))
			}
		}
		kit.Add(256*both, panel)
		kit.Add(32, x)
		kit.Add(32*both, d)
		kit.Add(4, scale)
		if c.min || c.halves {
			kit.Add(32*both, m)
		}
		if c.min || c.offset != 0 {
			kit.Add(4, s)
		}
	})
	out(func(at, acc Mem) { copyTo(acc, at) })
	VZEROUPPER()
	RET()
}

// wideIntegers emits the sums of one block, as integers does. spare is memory for a vector of each sum.
func wideIntegers(c *class, panel, m reg.GPVirtual, x func(t, group int) Mem, spare func(t, i int) Mem) wideSums {
	load := func(g int) (p [both]reg.VecVirtual) {
		for i := range p {
			p[i] = YMM()
			VMOVDQU(Mem{Base: panel, Disp: 256*i + 32*g}, p[i])
		}
		return p
	}
	if c.halves {
		return wideHalves(m, load, x, spare)
	}
	var part wideSums
	span := c.span()
	for g := range 8 {
		p := load(g)
		for t := range tokens {
			products(p, x(t, g), &part[t], g%span == 0)
		}
		if g%span != span-1 {
			continue
		}
		for t := range part {
			for i, v := range part[t] {
				VPMADDWD(kit.C(kit.Repeat16(1)), v, v)
				if g >= span {
					VPADDD(spare(t, i), v, v)
				}
				if g < 7 {
					VMOVDQU(v, spare(t, i))
				}
			}
		}
	}
	return part
}

// products adds those of four columns to sums of int16, or starts these.
func products(p [both]reg.VecVirtual, x Mem, sums *[both]reg.VecVirtual, start bool) {
	b := YMM()
	VPBROADCASTD(x, b)
	for i := range p {
		v := b // it is read for the last time
		if i < both-1 {
			v = YMM()
		}
		VPMADDUBSW(b, p[i], v)
		if start {
			sums[i] = v
		} else {
			VPADDW(v, sums[i], sums[i])
		}
	}
}

// wideHalves is wideIntegers for the class with scales of half blocks, which spare has for both lanes of a row.
func wideHalves(m reg.GPVirtual, load func(g int) [both]reg.VecVirtual, x func(t, group int) Mem, spare func(t, i int) Mem) (sums wideSums) {
	for i := range both {
		for half := range 2 {
			by := YMM()
			VMOVDQU(Mem{Base: m, Disp: 32 * i}, by)
			VPSHUFB(kit.C(lowOrHigh(half)), by, by)
			VMOVDQU(by, spare(half, i))
		}
	}
	for g := 0; g < 8; g += halves.span() {
		p, q := load(g), load(g+1)
		for t := range tokens {
			var part [both]reg.VecVirtual
			products(p, x(t, g), &part, true)
			products(q, x(t, g+1), &part, false)
			for i, v := range part {
				VPMADDWD(spare(g/4, i), v, v)
				if g == 0 {
					sums[t][i] = v
				} else {
					VPADDD(v, sums[t][i], sums[t][i])
				}
			}
		}
	}
	return sums
}
