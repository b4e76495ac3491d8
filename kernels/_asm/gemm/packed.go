package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/qwen-agent/qwen-agent/kernels/_asm/kit"
)

// group has 4 columns of each of the rows: group g of block j, as in a panel.
type group struct {
	j, g int
	q    reg.VecVirtual
}

// parts returns the blocks of a packed block that are unpacked together, because they share bytes.
func parts(f *format) [][]int {
	switch {
	case f.halves:
		return [][]int{{0, 2}, {1, 3}, {4, 6}, {5, 7}}
	case f.blocks == 8:
		return [][]int{{0, 1}, {2, 3}, {4, 5}, {6, 7}}
	}
	return [][]int{{0}}
}

// unpackPart unpacks a part, calling emit for each group. Groups of a block come in their order, or,
// for the formats with blocks of 32, those of its first and of its second half in turns.
func unpackPart(f *format, l lanes, part []int, emit func(group)) {
	low := func(q reg.VecVirtual) reg.VecVirtual {
		v := l.vec()
		and(kit.C(kit.Repeat8(15)), q, v)
		return v
	}
	high := func(q reg.VecVirtual) reg.VecVirtual {
		VPSRLW(Imm(4), q, q)
		and(kit.C(kit.Repeat8(15)), q, q)
		return q
	}
	switch {
	case f.bits == 8:
		for g := range 8 {
			emit(group{0, g, l.words(g)})
		}
	case f.halves:
		h, k := part[0]/4, part[0]%4
		for g := range 8 {
			q, b := l.words(16*h+8*k+g), l.words(32+8*h+g)
			emit(group{part[0], g, l.join(low(q), b, 4-2*k, 48)})
			emit(group{part[1], g, l.join(high(q), b, -2*k, 48)})
		}
	case f.blocks == 8:
		first := 3
		if f.bits == 5 {
			first += 8
		}
		for g := range 8 {
			q := l.words(first + 4*part[0] + g)
			if f.bits == 4 {
				emit(group{part[0], g, low(q)})
				emit(group{part[1], g, high(q)})
				continue
			}
			b := l.words(3 + g)
			emit(group{part[0], g, l.join(low(q), b, 4-part[0], 16)})
			emit(group{part[1], g, l.join(high(q), b, 4-part[1], 16)})
		}
	default:
		var b reg.VecVirtual
		first := 0
		if interleaves[f.name].fifth {
			b, first = l.words(0), 1
		}
		for g := range 4 {
			q := l.words(first + g)
			for i, v := range []reg.VecVirtual{low(q), high(q)} {
				if interleaves[f.name].fifth {
					v = l.join(v, b, 4-g-4*i, 16)
				}
				emit(group{0, g + 4*i, v})
			}
		}
	}
}

// packedScales reads what starts a packed block and returns what gives, for block j, the vectors of the
// scales d and of m: minimums, or the int16 scales of half blocks.
func packedScales(f *format, l lanes) func(j int) (d, m reg.VecVirtual) {
	switch {
	case f.halves:
		d := l.halves(0)
		return func(j int) (reg.VecVirtual, reg.VecVirtual) {
			m := l.words(48 + j/2)
			VPSHUFB(kit.C(pairBytes(j%2)), m, m)
			VPSRAW(Imm(8), m, m)
			return d, m
		}
	case f.blocks == 8:
		d, e := l.halves(0), l.halves(1)
		xor(kit.C(kit.Repeat32(1<<31)), e, e) // minimums are subtracted
		var six [2]reg.VecVirtual             // the scales and the minimums of four blocks
		return func(j int) (reg.VecVirtual, reg.VecVirtual) {
			if j%4 == 0 {
				for i := range six {
					low := l.words(i)
					if j == 0 {
						six[i] = low
						and(kit.C(kit.Repeat8(63)), low, low)
						continue
					}
					high := l.words(2)
					six[i] = high
					if i == 1 {
						VPSRLD(Imm(4), high, high)
					}
					and(kit.C(kit.Repeat8(15)), high, high)
					l.join(high, low, -2, 48)
				}
			}
			var out [2]reg.VecVirtual
			for i, by := range []reg.VecVirtual{d, e} {
				out[i] = l.vec()
				VPSHUFB(kit.C(byteOf(j%4)), six[i], out[i])
				VCVTDQ2PS(out[i], out[i])
				VMULPS(by, out[i], out[i])
			}
			return out[0], out[1]
		}
	}
	return func(int) (d, m reg.VecVirtual) {
		d = l.halves(0)
		if f.min {
			m = l.halves(1)
		}
		return d, m
	}
}

// byteOf picks byte i of each 32-bit lane.
func byteOf(i int) Mem {
	var b [32]byte
	for k := range b {
		b[k] = 0x80 // zero
		if k%4 == 0 {
			b[k] = byte(k%16 + i)
		}
	}
	return kit.Bytes(b[:]...)
}

// dotPacked emits the product of n blocks of eight packed rows with one row of activations. dst gets
// eight sums; s are the sums of the activations' blocks that the class needs.
func dotPacked(f *format) {
	kit.Func("dotPacked"+f.name, "func(dst *float32, w *byte, ahead int, x *int8, scale *float32, s *byte, n int)",
		fmt.Sprintf("dotPacked%s writes to dst the products of n blocks of eight packed rows of %s with a row of", f.name, f.name),
		"activations, and prefetches what is ahead bytes after the weights.")
	src, ahead, x := kit.Arg("w"), kit.Arg("ahead"), kit.Arg("x")
	scale, s, n := kit.Arg("scale"), kit.Arg("s"), kit.Arg("n")
	if f.bits < 8 {
		kit.Hold(kit.Repeat8(15))
	}
	if !f.halves && f.blocks == 1 {
		kit.Hold(kit.Repeat16(1))
	}
	acc := YMM()
	VPXOR(acc, acc, acc)
	kit.Loop("next", n, f.blocks, func() {
		line := 0
		scales := packedScales(f, eight{interleaves[f.name], src})
		var sums [8]reg.VecVirtual
		done := 0
		for i, part := range parts(f) {
			for ; line*len(parts(f)) < 8*f.size*(i+1); line += 64 {
				PREFETCHT0(Mem{Base: src, Index: ahead, Scale: 1, Disp: line})
			}
			sumPart(f, src, x, part, &sums)
			for ; done < f.blocks && sums[done] != nil; done++ {
				d, m := scales(done)
				finish(f.class, Mem{Base: scale, Disp: 4 * done}, Mem{Base: s, Disp: 4 * done}, eightSums{sums[done], acc, d, m})
			}
		}
		kit.Add(8*f.size, src)
		kit.Add(32*f.blocks, x)
		kit.Add(4*f.blocks, scale)
		if f.min || f.offset != 0 {
			kit.Add(4*f.blocks, s)
		}
	})
	VMOVUPS(acc, Mem{Base: kit.Arg("dst")})
	VZEROUPPER()
	RET()
}

// sumPart leaves the integer sums of the blocks of a part in sums. See integers for the spans.
func sumPart(f *format, src, x reg.GPVirtual, part []int, sums *[8]reg.VecVirtual) {
	span := map[int]int{4: 8, 5: 4, 6: 2, 8: 1}[f.bits]
	var seen [8]int
	var sum [8]reg.VecVirtual
	unpackPart(f, eight{interleaves[f.name], src}, part, func(v group) {
		b, q, j := YMM(), v.q, v.j
		VPBROADCASTD(Mem{Base: x, Disp: 32*j + 4*v.g}, b)
		if f.bits == 8 {
			abs := YMM()
			VPABSB(q, abs)
			VPSIGNB(q, b, b)
			VPMADDUBSW(b, abs, b)
		} else {
			VPMADDUBSW(b, q, b)
		}
		if seen[j]%span == 0 {
			sum[j] = b
		} else {
			VPADDW(b, sum[j], sum[j])
		}
		seen[j]++
		if seen[j]%span != 0 {
			return
		}
		if f.halves {
			by := YMM()
			VMOVDQU(interleaves[f.name].at(src, 48+j/2), by)
			VPSHUFB(kit.C(bothBytes(j%2*2+v.g/4)), by, by)
			VPSRAW(Imm(8), by, by)
			VPMADDWD(by, sum[j], sum[j])
		} else {
			VPMADDWD(kit.C(kit.Repeat16(1)), sum[j], sum[j])
		}
		if sums[j] == nil {
			sums[j] = sum[j]
		} else {
			VPADDD(sum[j], sums[j], sums[j])
		}
	})
}

// bothBytes puts byte i of each 32-bit lane into the upper halves of both its 16-bit lanes.
func bothBytes(i int) Mem {
	var b [32]byte
	for k := range b {
		b[k] = 0x80 // zero
		if k%2 == 1 {
			b[k] = byte(k%16/4*4 + i)
		}
	}
	return kit.Bytes(b[:]...)
}

// panel emits the kernel that makes a panel, and the vectors of scales, of n blocks of eight packed rows. For
// a wide tile, it leaves room for eight more rows after each block.
func panel(f *format) {
	groups := 1
	if f.wide {
		groups = 2
	}
	kit.Func("panel"+f.name, "func(panel *byte, d, m *float32, w *byte, n int)",
		fmt.Sprintf("panel%s makes a panel of n blocks of eight packed rows of %s, and collects their scales.", f.name, f.name))
	out, d, m := kit.Arg("panel"), kit.Arg("d"), kit.Arg("m")
	src, n := kit.Arg("w"), kit.Arg("n")
	kit.Loop("next", n, f.blocks, func() {
		scales := packedScales(f, eight{interleaves[f.name], src})
		for j := range f.blocks {
			dd, mm := scales(j)
			VMOVUPS(dd, Mem{Base: d, Disp: 32 * groups * j})
			if mm != nil {
				VMOVDQU(mm, Mem{Base: m, Disp: 32 * groups * j})
			}
		}
		for _, part := range parts(f) {
			unpackPart(f, eight{interleaves[f.name], src}, part, func(v group) {
				VMOVDQU(v.q, Mem{Base: out, Disp: 256*groups*v.j + 32*v.g})
			})
		}
		kit.Add(8*f.size, src)
		kit.Add(256*groups*f.blocks, out)
		kit.Add(32*groups*f.blocks, d)
		if f.min || f.halves {
			kit.Add(32*groups*f.blocks, m)
		}
	})
	VZEROUPPER()
	RET()
}
