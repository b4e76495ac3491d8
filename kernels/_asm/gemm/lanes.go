package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/qwen-agent/qwen-agent/kernels/_asm/kit"
)

// lanes are how a variant takes packed weights into its vectors, which have one 32-bit lane a row.
type lanes interface {
	vec() reg.VecVirtual
	// words loads the i-th vector of 32-bit words of a packed block, halves the i-th of float16, as float32.
	words(i int) reg.VecVirtual
	halves(i int) reg.VecVirtual
	// join adds to q the bits of h that mask picks once they are shifted to the left, or to the right
	// if by is negative, and returns q.
	join(q, h reg.VecVirtual, by int, mask byte) reg.VecVirtual
}

// eight are the lanes of AVX2: the group of eight rows at src.
type eight struct {
	interleaved
	src reg.GPVirtual
}

func (e eight) vec() reg.VecVirtual { return YMM() }

func (e eight) words(i int) reg.VecVirtual {
	v := YMM()
	VMOVDQU(e.at(e.src, i), v)
	return v
}

func (e eight) halves(i int) reg.VecVirtual {
	v := YMM()
	VCVTPH2PS(Mem{Base: e.src, Disp: 16 * i}, v)
	return v
}

func (e eight) join(q, h reg.VecVirtual, by int, mask byte) reg.VecVirtual {
	b := YMM()
	if by == 0 {
		VPAND(kit.C(kit.Repeat8(mask)), h, b)
	} else {
		shiftTo(h, by, b)
		VPAND(kit.C(kit.Repeat8(mask)), b, b)
	}
	VPOR(b, q, q)
	return q
}

// sixteen are the lanes of AVX-512: two groups of eight rows, second bytes apart. Loads of the first
// half fill both, so that no instruction depends on what a register held before.
type sixteen struct {
	interleaved
	src, second reg.GPVirtual
}

func (s sixteen) vec() reg.VecVirtual { return ZMM() }

func (s sixteen) words(i int) reg.VecVirtual {
	v, at := ZMM(), s.at(s.src, i)
	VBROADCASTI64X4(at, v)
	VINSERTI64X4(Imm(1), at.Idx(s.second, 1), v, v)
	return v
}

func (s sixteen) halves(i int) reg.VecVirtual {
	h, v, at := YMM(), ZMM(), Mem{Base: s.src, Disp: 16 * i}
	VBROADCASTI128(at, h)
	VINSERTI128(Imm(1), at.Idx(s.second, 1), h, h)
	VCVTPH2PS(h, v)
	return v
}

func (s sixteen) join(q, h reg.VecVirtual, by int, mask byte) reg.VecVirtual {
	const aOrBAndC = 0xf8
	b := h
	if by != 0 {
		b = ZMM()
		shiftTo(h, by, b)
	}
	VPTERNLOGD(Imm(aOrBAndC), kit.C(kit.Repeat8(mask)), b, q)
	return q
}

// shiftTo shifts 16-bit lanes to the left, or to the right if by is negative.
func shiftTo(v reg.VecVirtual, by int, to reg.VecVirtual) {
	if by > 0 {
		VPSLLW(Imm(uint64(by)), v, to)
	} else {
		VPSRLW(Imm(uint64(-by)), v, to)
	}
}

// and and xor pick the form of the instruction for the width of the vectors.
func and(a Op, b, to reg.VecVirtual) {
	if to.Size() == 64 {
		VPANDD(a, b, to)
	} else {
		VPAND(a, b, to)
	}
}

func xor(a Op, b, to reg.VecVirtual) {
	if to.Size() == 64 {
		VPXORD(a, b, to)
	} else {
		VPXOR(a, b, to)
	}
}
