package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/qwen-agent/qwen-agent/kernels/_asm/kit"
)

// interleaved says where the parts of a format's block lie, see gemm.Packed: first the float16 numbers
// at halves, then the 32-bit words from word on, of which the first has the fifth bits if fifth is set.
type interleaved struct {
	halves []int
	word   int
	words  int
	fifth  bool
}

var interleaves = map[string]interleaved{
	"Q4_0": {[]int{0}, 2, 4, false},
	"Q4_1": {[]int{0, 2}, 4, 4, false},
	"Q5_0": {[]int{0}, 2, 5, true},
	"Q5_1": {[]int{0, 2}, 4, 5, true},
	"Q8_0": {[]int{0}, 2, 8, false},
	"Q4_K": {[]int{0, 2}, 4, 35, false},
	"Q5_K": {[]int{0, 2}, 4, 43, false},
	"Q6_K": {[]int{208}, 0, 52, false},
}

// word returns the place of the i-th vector of words in a packed block.
func (l interleaved) at(base reg.GPVirtual, i int) Mem {
	return Mem{Base: base, Disp: 16*len(l.halves) + 32*i}
}

// pack emits the kernel that interleaves n blocks of eight rows.
func pack(f *format) {
	kit.Func("pack"+f.name, "func(dst, w *byte, stride, n int)",
		fmt.Sprintf("pack%s interleaves n blocks of eight rows of %s.", f.name, f.name))
	l := interleaves[f.name]
	r, dst, n := loadRows(), kit.Arg("dst"), kit.Arg("n")
	kit.Loop("next", n, f.blocks, func() {
		for i, at := range l.halves {
			h := XMM()
			VPXOR(h, h, h)
			for row := range 8 {
				VPINSRW(Imm(uint64(row)), r.at(row, at), h, h)
			}
			VMOVDQU(h, Mem{Base: dst, Disp: 16 * i})
		}
		for i := 0; i < l.words; {
			at := l.word + 4*i
			switch {
			case i == 0 && l.fifth || l.words-i < 4: // one word
				v, high := YMM(), XMM()
				for half, x := range []reg.Register{v.AsX(), high} {
					VMOVD(r.at(4*half, at), x)
					for row := 1; row < 4; row++ {
						VPINSRD(Imm(uint64(row)), r.at(4*half+row, at), x, x)
					}
				}
				VINSERTI128(Imm(1), high, v, v)
				if l.fifth {
					spread(v)
				}
				VMOVDQU(v, l.at(dst, i))
				i++
			case l.words-i < 8:
				for k, v := range words(r, at) {
					VMOVDQU(v, l.at(dst, i+k))
				}
				i += 4
			default:
				var v [8]reg.VecVirtual
				for row := range v {
					v[row] = YMM()
					VMOVDQU(r.at(row, at), v[row])
				}
				kit.Transpose(&v)
				for k := range v {
					VMOVDQU(v[k], l.at(dst, i+k))
				}
				i += 8
			}
		}
		r.advance(f.size)
		kit.Add(8*f.size, dst)
	})
	VZEROUPPER()
	RET()
}

// spread moves bit 4g+k of each 32-bit lane to bit g of byte k, as spread in gemm does.
func spread(v reg.VecVirtual) {
	for _, s := range []struct {
		by   uint64
		mask uint32
	}{{1, 0x22222222}, {3, 0x0a0a0a0a}, {6, 0x00cc00cc}, {12, 0x0000f0f0}} {
		t, u := YMM(), YMM()
		VPSRLD(Imm(s.by), v, t)
		VPXOR(v, t, t)
		VPAND(kit.C(kit.Repeat32(s.mask)), t, t)
		VPSLLD(Imm(s.by), t, u)
		VPXOR(t, v, v)
		VPXOR(u, v, v)
	}
}
