package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/qwen-agent/qwen-agent/kernels/_asm/kit"
)

// The kernels for AVX-512 VNNI multiply unsigned bytes of weights with signed ones of activations and add
// four neighbours to a 32-bit lane at once (VPDPBUSD). Nothing can overflow there, so that formats differ
// by what is added to the sums alone. Signed bytes are made unsigned by adding 128.

// kind is a class of formats as these kernels see it.
type kind struct {
	name   string
	offset bool // twice minus the offset, as int16, comes in place of minimums
	min    bool
	halves bool
}

var (
	kindOffset = &kind{name: "Offset", offset: true}
	kindMin    = &kind{name: "Min", min: true}
	kindHalves = &kind{name: "Halves", halves: true}
	kinds      = []*kind{kindOffset, kindMin, kindHalves}
)

func (c *class) kind() *kind {
	switch {
	case c.halves:
		return kindHalves
	case c.min:
		return kindMin
	}
	return kindOffset
}

// minusOffset is what stands in the place of minimums.
func (c *class) minusOffset() Mem {
	if c.bits == 8 {
		return kit.Repeat16(-128)
	}
	return kit.Repeat16(int16(-c.offset))
}

// holdVNNI keeps the constants of a format in registers, of which there are 32.
func holdVNNI(f *format) {
	var c []Mem
	switch {
	case f.bits == 8:
		c = append(c, kit.Repeat8(128))
	case f.halves:
		c = append(c, kit.Repeat8(48), pairBytes(0), pairBytes(1))
	case f.bits == 5:
		c = append(c, kit.Repeat8(16))
	}
	if f.bits < 8 {
		c = append(c, kit.Repeat8(15))
	}
	switch {
	case f.kind().offset:
		c = append(c, f.minusOffset())
	case f.blocks == 8 && f.min:
		c = append(c, kit.Repeat8(63), kit.Repeat8(48), byteOf(0), byteOf(1), byteOf(2), byteOf(3), kit.Repeat32(1<<31))
	}
	kit.HoldWide(c...)
}

// unpackVNNI is unpackPart with unsigned bytes only.
func unpackVNNI(f *format, l lanes, part []int, emit func(group)) {
	unpackPart(f, l, part, func(v group) {
		if f.bits == 8 {
			xor(kit.C(kit.Repeat8(128)), v.q, v.q)
		}
		emit(v)
	})
}

// dotVNNI emits the product of n blocks of sixteen packed rows with one row of activations, see dotPacked.
func dotVNNI(f *format) {
	kit.Func("dotVNNI"+f.name, "func(dst *float32, w *byte, second, ahead int, x *int8, scale *float32, s *byte, n int)",
		fmt.Sprintf("dotVNNI%s writes to dst the products of n blocks of sixteen packed rows of %s, the last eight of them", f.name, f.name),
		"second bytes after the first, with a row of activations, and prefetches what is ahead bytes after the weights.")
	src, second, ahead := kit.Arg("w"), kit.Arg("second"), kit.Arg("ahead")
	x, scale, s, n := kit.Arg("x"), kit.Arg("scale"), kit.Arg("s"), kit.Arg("n")
	ahead2 := GP64()
	LEAQ(Mem{Base: second, Index: ahead, Scale: 1}, ahead2)
	holdVNNI(f)
	l, k := sixteen{interleaves[f.name], src, second}, f.kind()
	acc := zero()
	kit.Loop("next", n, f.blocks, func() {
		line := 0
		scales := packedScales(f, l)
		var sums [8][2]reg.VecVirtual // of the two halves of a block, or one of both
		done := 0
		for i, part := range parts(f) {
			for ; line*len(parts(f)) < 8*f.size*(i+1); line += 64 {
				PREFETCHT0(Mem{Base: src, Index: ahead, Scale: 1, Disp: line})
				PREFETCHT0(Mem{Base: src, Index: ahead2, Scale: 1, Disp: line})
			}
			unpackVNNI(f, l, part, func(v group) {
				half := 0
				if k.halves {
					half = v.g / 4
				}
				sum := &sums[v.j][half]
				if *sum == nil {
					*sum = zero()
				}
				VPDPBUSD_BCST(Mem{Base: x, Disp: 32*v.j + 4*v.g}, v.q, *sum)
			})
			for ; done < f.blocks && sums[done][0] != nil; done++ { // in order
				j := done
				d, m := scales(j)
				sum, half := sums[j][0], Mem{Base: s, Disp: 4 * j}
				switch {
				case k.offset:
					m = kit.C(f.minusOffset()).(reg.VecVirtual)
					VPDPWSSD_BCST(half, m, sum)
				case k.halves:
					h := splitHalves(m)
					VPMULLD(h.first, sum, sum)
					VPMULLD(h.last, sums[j][1], sums[j][1])
					VPADDD(sums[j][1], sum, sum)
					VPDPWSSD_BCST(half, h.minusOffset, sum)
				}
				finishVNNI(k, sum, acc, d, m, Mem{Base: scale, Disp: 4 * j}, half)
			}
		}
		kit.Add(8*f.size, src)
		kit.Add(32*f.blocks, x)
		kit.Add(4*f.blocks, scale)
		kit.Add(4*f.blocks, s)
	})
	VMOVUPS(acc, Mem{Base: kit.Arg("dst")})
	VZEROUPPER()
	RET()
}

func zero() reg.VecVirtual {
	v := ZMM() // VPXORD would do, but avo takes it for one that reads v
	VXORPS(v, v, v)
	return v
}

// halfScales are the scales of both half blocks, as int32, and as pairs of int16 times minus 32, the offset.
type halfScales struct{ first, last, minusOffset reg.VecVirtual }

// splitHalves overwrites m, which has pairs of int16.
func splitHalves(m reg.VecVirtual) halfScales {
	h := halfScales{ZMM(), ZMM(), zero()}
	VPSLLD(Imm(16), m, h.first)
	VPSRAD(Imm(16), h.first, h.first)
	VPSRAD(Imm(16), m, h.last)
	VPSLLW(Imm(5), m, m)
	VPSUBW(m, h.minusOffset, h.minusOffset)
	return h
}

// finishVNNI brings the integer sums of a block to float32 and adds them to acc, as finish does.
func finishVNNI(k *kind, sum, acc, d, m reg.VecVirtual, scale, s Mem) {
	VCVTDQ2PS(sum, sum)
	by := ZMM()
	VMULPS_BCST(scale, d, by)
	VMULPS(by, sum, sum)
	VADDPS(sum, acc, acc)
	if k.min {
		t := ZMM()
		VMULPS_BCST(s, m, t)
		VADDPS(t, acc, acc)
	}
}

// panelVNNI emits the kernel that makes a panel, and the vectors of scales, of n blocks of sixteen packed rows.
func panelVNNI(f *format) {
	kit.Func("panelVNNI"+f.name, "func(panel *byte, d, m *float32, w *byte, second, n int)",
		fmt.Sprintf("panelVNNI%s makes a panel of n blocks of sixteen packed rows of %s, the last eight of them second bytes", f.name, f.name),
		"after the first, and collects their scales.")
	out, d, m := kit.Arg("panel"), kit.Arg("d"), kit.Arg("m")
	src, second, n := kit.Arg("w"), kit.Arg("second"), kit.Arg("n")
	holdVNNI(f)
	l := sixteen{interleaves[f.name], src, second}
	kit.Loop("next", n, f.blocks, func() {
		scales := packedScales(f, l)
		for j := range f.blocks {
			dd, mm := scales(j)
			if mm == nil {
				mm = kit.C(f.minusOffset()).(reg.VecVirtual)
			}
			VMOVUPS(dd, Mem{Base: d, Disp: 64 * j})
			VMOVUPS(mm, Mem{Base: m, Disp: 64 * j})
		}
		for _, part := range parts(f) {
			unpackVNNI(f, l, part, func(v group) {
				VMOVDQU32(v.q, Mem{Base: out, Disp: 512*v.j + 64*v.g})
			})
		}
		kit.Add(8*f.size, src)
		kit.Add(512*f.blocks, out)
		kit.Add(64*f.blocks, d)
		kit.Add(64*f.blocks, m)
	})
	VZEROUPPER()
	RET()
}

// tileVNNI emits the product of a panel of n blocks of sixteen rows with four or eight rows of activations,
// see tile. Their bytes are broadcast by the instruction that multiplies them.
func tileVNNI(k *kind, tokens int) {
	kit.Func(fmt.Sprintf("tileVNNI%s%d", k.name, tokens),
		"func(dst *float32, stride int, panel *byte, d, m *float32, x *int8, cols int, scale *float32, s *byte, n int)",
		fmt.Sprintf("tileVNNI%s%d adds to %d rows of dst, stride bytes apart, the products of a panel of n blocks with as many", k.name, tokens, tokens),
		"rows of activations.")
	acc := make([]reg.VecVirtual, tokens)
	out := func(move func(t int, at Mem)) {
		dst, stride := kit.Arg("dst"), kit.Arg("stride")
		for t := range acc {
			move(t, Mem{Base: dst})
			ADDQ(stride, dst)
		}
	}
	out(func(t int, at Mem) {
		acc[t] = ZMM()
		VMOVUPS(at, acc[t])
	})
	panel, d, m, n := kit.Arg("panel"), kit.Arg("d"), kit.Arg("m"), kit.Arg("n")
	cols, cols3, eighth, eighth3 := kit.Arg("cols"), GP64(), GP64(), GP64()
	LEAQ(Mem{Base: cols, Index: cols, Scale: 2}, cols3)
	MOVQ(cols, eighth)
	SHRQ(Imm(3), eighth)
	LEAQ(Mem{Base: eighth, Index: eighth, Scale: 2}, eighth3)
	x := loadFours("x", cols, cols3, tokens)
	scale, s := loadFours("scale", eighth, eighth3, tokens), loadFours("s", eighth, eighth3, tokens)

	kit.Loop("next", n, 1, func() {
		sums := make([]reg.VecVirtual, tokens)
		multiply := func(sums []reg.VecVirtual, from, to int) {
			for t := range sums {
				sums[t] = zero()
			}
			for g := from; g < to; g++ {
				p := ZMM()
				VMOVDQU32(Mem{Base: panel, Disp: 64 * g}, p)
				for t := range sums {
					VPDPBUSD_BCST(x.row(t).Offset(4*g), p, sums[t])
				}
			}
		}
		mm := ZMM()
		VMOVUPS(Mem{Base: m}, mm)
		if k.halves {
			h, last := splitHalves(mm), make([]reg.VecVirtual, tokens)
			multiply(sums, 0, 4)
			for t := range sums {
				VPMULLD(h.first, sums[t], sums[t])
			}
			multiply(last, 4, 8)
			for t := range sums {
				VPMULLD(h.last, last[t], last[t])
				VPADDD(last[t], sums[t], sums[t])
				VPDPWSSD_BCST(s.row(t), h.minusOffset, sums[t])
			}
		} else {
			multiply(sums, 0, 8)
		}
		dd := ZMM()
		VMOVUPS(Mem{Base: d}, dd)
		for t := range sums {
			if k.offset {
				VPDPWSSD_BCST(s.row(t), mm, sums[t])
			}
			finishVNNI(k, sums[t], acc[t], dd, mm, scale.row(t), s.row(t))
		}
		kit.Add(512, panel)
		kit.Add(64, d)
		kit.Add(64, m)
		x.advance(32)
		scale.advance(4)
		s.advance(4)
	})
	out(func(t int, at Mem) { VMOVUPS(acc[t], at) })
	VZEROUPPER()
	RET()
}

// Two panels of sixteen rows, and their scales, are so many bytes apart: what a chunk of 32 blocks takes.
const (
	nextPanel  = 32 * 512
	nextScales = 32 * 64
)

// tileVNNI32 emits the product of two panels with some rows of activations. Bytes of activations are broadcast
// once for both: a tile of sixteen rows loads nearly as many vectors as it multiplies, and does so in eight chains
// of sums, which are too few for two multiplications of five cycles to begin in each.
func tileVNNI32(k *kind, tokens int) {
	kit.Func(fmt.Sprintf("tileVNNI32%s%d", k.name, tokens),
		"func(dst *float32, stride int, panel *byte, d, m *float32, x *int8, cols int, scale *float32, s *byte, n int)",
		fmt.Sprintf("tileVNNI32%s%d is tileVNNI%s with two panels, %d bytes apart, and %d rows of activations.", k.name, tokens, k.name, nextPanel, tokens))
	acc := make([][2]reg.VecVirtual, tokens)
	out := func(move func(acc *reg.VecVirtual, at Mem)) {
		dst, stride := kit.Arg("dst"), kit.Arg("stride")
		for t := range acc {
			for i := range acc[t] {
				move(&acc[t][i], Mem{Base: dst, Disp: 64 * i})
			}
			ADDQ(stride, dst)
		}
	}
	out(func(acc *reg.VecVirtual, at Mem) {
		*acc = ZMM()
		VMOVUPS(at, *acc)
	})
	panel, d, m, n := kit.Arg("panel"), kit.Arg("d"), kit.Arg("m"), kit.Arg("n")
	cols, cols3, eighth, eighth3 := kit.Arg("cols"), GP64(), GP64(), GP64()
	LEAQ(Mem{Base: cols, Index: cols, Scale: 2}, cols3)
	MOVQ(cols, eighth)
	SHRQ(Imm(3), eighth)
	LEAQ(Mem{Base: eighth, Index: eighth, Scale: 2}, eighth3)
	x := loadFours("x", cols, cols3, tokens)
	scale, s := loadFours("scale", eighth, eighth3, tokens), loadFours("s", eighth, eighth3, tokens)

	kit.Loop("next", n, 1, func() {
		sums := make([][2]reg.VecVirtual, tokens)
		for t := range sums {
			sums[t] = [2]reg.VecVirtual{zero(), zero()}
		}
		p, v := [2]reg.VecVirtual{ZMM(), ZMM()}, ZMM()
		for g := range 8 {
			for i := range p {
				VMOVDQU32(Mem{Base: panel, Disp: 64*g + nextPanel*i}, p[i])
			}
			for t := range sums {
				VPBROADCASTD(x.row(t).Offset(4*g), v)
				for i := range p {
					VPDPBUSD(v, p[i], sums[t][i])
				}
			}
		}
		for i := range p {
			VMOVUPS(Mem{Base: d, Disp: nextScales * i}, p[i])
		}
		by := ZMM()
		for t := range sums {
			if k.offset {
				VPBROADCASTD(s.row(t), v)
				for i := range p {
					VPDPWSSD(Mem{Base: m, Disp: nextScales * i}, v, sums[t][i])
				}
			}
			VBROADCASTSS(scale.row(t), v)
			for i := range p {
				sum, acc := sums[t][i], acc[t][i]
				VCVTDQ2PS(sum, sum)
				VMULPS(v, p[i], by)
				VMULPS(by, sum, sum)
				VADDPS(sum, acc, acc)
			}
			if k.min {
				VBROADCASTSS(s.row(t), v)
				for i := range p {
					VMULPS(Mem{Base: m, Disp: nextScales * i}, v, by)
					VADDPS(by, acc[t][i], acc[t][i])
				}
			}
		}
		kit.Add(512, panel)
		kit.Add(64, d)
		kit.Add(64, m)
		x.advance(32)
		scale.advance(4)
		s.advance(4)
	})
	out(func(acc *reg.VecVirtual, at Mem) { VMOVUPS(*acc, at) })
	VZEROUPPER()
	RET()
}

// fours are rows at the same distances, four to a register.
type fours struct {
	base            []reg.GPVirtual
	stride, stride3 reg.GPVirtual
}

func loadFours(arg string, stride, stride3 reg.GPVirtual, n int) fours {
	f := fours{[]reg.GPVirtual{kit.Arg(arg)}, stride, stride3}
	for i := 4; i < n; i += 4 {
		next := GP64()
		LEAQ(Mem{Base: f.base[len(f.base)-1], Index: stride, Scale: 4}, next)
		f.base = append(f.base, next)
	}
	return f
}

func (f fours) row(i int) Mem { return row4(f.base[i/4], f.stride, f.stride3, i%4) }

func (f fours) advance(bytes int) {
	for _, b := range f.base {
		kit.Add(bytes, b)
	}
}
