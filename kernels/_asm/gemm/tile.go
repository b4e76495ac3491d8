package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/qwen-agent/qwen-agent/kernels/_asm/kit"
)

// unpack emits the kernel that makes a panel of n blocks of eight rows.
func unpack(f *format) {
	kit.Func("unpack"+f.name, "func(panel, w *byte, stride, n int)",
		fmt.Sprintf("unpack%s makes a panel of n blocks of eight rows of %s.", f.name, f.name))
	r, panel, n := loadRows(), kit.Arg("panel"), kit.Arg("n")
	kit.Hold(f.constants...)
	kit.Loop("next", n, f.blocks, func() {
		for j := range f.blocks {
			var q [8]reg.VecVirtual
			for i := range q {
				q[i] = f.load(r, i, j)
			}
			kit.Transpose(&q)
			for i := range q {
				VMOVDQU(q[i], Mem{Base: panel, Disp: 256*j + 32*i})
			}
		}
		r.advance(f.size)
		kit.Add(256*f.blocks, panel)
	})
	VZEROUPPER()
	RET()
}

// tokens is how many rows of activations a tile has.
const tokens = 4

// tile emits the product of a panel of n blocks with four rows of activations, adding to four vectors
// of dst. Rows of x are cols bytes apart, those of scale and s cols/8 bytes.
func tile(c *class) {
	kit.Func("tile"+c.name, "func(dst *float32, stride int, panel *byte, d, m *float32, x *int8, cols int, scale *float32, s *byte, n int)",
		fmt.Sprintf("tile%s adds to four rows of dst, stride bytes apart, the products of a panel of n blocks with four rows of activations.", c.name))
	panel, d, m, x, scale, s := kit.Arg("panel"), kit.Arg("d"), kit.Arg("m"), kit.Arg("x"), kit.Arg("scale"), kit.Arg("s")
	cols, n := kit.Arg("cols"), kit.Arg("n")
	cols3, eighth, eighth3 := GP64(), GP64(), GP64()
	LEAQ(Mem{Base: cols, Index: cols, Scale: 2}, cols3)
	MOVQ(cols, eighth)
	SHRQ(Imm(3), eighth)
	LEAQ(Mem{Base: eighth, Index: eighth, Scale: 2}, eighth3)

	var acc [tokens]reg.VecVirtual
	out := func(move func(t int, at Mem)) {
		dst, stride := kit.Arg("dst"), kit.Arg("stride")
		for t := range acc {
			move(t, Mem{Base: dst})
			ADDQ(stride, dst)
		}
	}
	out(func(t int, at Mem) {
		acc[t] = YMM()
		VMOVUPS(at, acc[t])
	})
	kit.Loop("next", n, 1, func() {
		sums := integers(c, panel, m, func(t, group int) Mem { return row4(x, cols, cols3, t).Offset(4 * group) })
		for t := range acc {
			finish(c, row4(scale, eighth, eighth3, t), row4(s, eighth, eighth3, t), eightSums{sums[t], acc[t], Mem{Base: d}, Mem{Base: m}})
		}
		kit.Add(256, panel)
		kit.Add(32, x)
		kit.Add(32, d)
		kit.Add(4, scale)
		if c.min || c.halves {
			kit.Add(32, m)
		}
		if c.min || c.offset != 0 {
			kit.Add(4, s)
		}
	})
	out(func(t int, at Mem) { VMOVUPS(acc[t], at) })
	VZEROUPPER()
	RET()
}

func row4(base, stride, stride3 reg.GPVirtual, t int) Mem {
	m := Mem{Base: base}
	switch t {
	case 1:
		return m.Idx(stride, 1)
	case 2:
		return m.Idx(stride, 2)
	case 3:
		return m.Idx(stride3, 1)
	}
	return m
}

// integers emits the sums of one block, for each row of activations one vector of the eight rows.
func integers(c *class, panel, m reg.GPVirtual, x func(t, group int) Mem) [tokens]reg.VecVirtual {
	var sums, part [tokens]reg.VecVirtual
	span := c.span()
	for g := range 8 {
		p := YMM()
		VMOVDQU(Mem{Base: panel, Disp: 32 * g}, p)
		var abs, by reg.VecVirtual
		if c.bits == 8 {
			abs = YMM()
			VPABSB(p, abs)
		}
		if c.halves && g%span == span-1 { // both lanes of a row get the scale of this half block
			by = YMM()
			VMOVDQU(Mem{Base: m}, by)
			VPSHUFB(kit.C(lowOrHigh(g/4)), by, by)
		}
		for t := range tokens {
			b := YMM()
			VPBROADCASTD(x(t, g), b)
			if c.bits == 8 {
				VPSIGNB(p, b, b)
				VPMADDUBSW(b, abs, b)
			} else {
				VPMADDUBSW(b, p, b)
			}
			if g%span == 0 {
				part[t] = b
			} else {
				VPADDW(b, part[t], part[t])
			}
			if g%span != span-1 {
				continue
			}
			if c.halves {
				VPMADDWD(by, part[t], part[t])
			} else {
				VPMADDWD(kit.C(kit.Repeat16(1)), part[t], part[t])
			}
			if g < span {
				sums[t] = part[t]
			} else {
				VPADDD(part[t], sums[t], sums[t])
			}
		}
	}
	return sums
}

// span is for how many groups sums of products of unsigned bytes stay in 16 bits: as many as cannot
// overflow, since a group adds at most 2·(2^bits-1)·127.
func (c *class) span() int { return map[int]int{4: 8, 5: 4, 6: 2, 8: 1}[c.bits] }

func lowOrHigh(high int) Mem {
	var b [32]byte
	for i := range b {
		b[i] = byte(i%16/4*4 + 2*high + i%2)
	}
	return kit.Bytes(b[:]...)
}
