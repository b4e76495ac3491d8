package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/qwen-agent/qwen-agent/kernels/_asm/kit"
)

// class is what formats have in common once they are unpacked to bytes.
type class struct {
	name   string
	bits   int  // of the unsigned bytes; 8 means signed bytes
	offset int  // that is to be taken from the unsigned bytes
	min    bool // has minimums
	halves bool // has an integer scale for each half block
	wide   bool // has a tile of sixteen packed rows
}

var (
	offset4 = &class{name: "Offset4", bits: 4, offset: 8, wide: true}
	offset5 = &class{name: "Offset5", bits: 5, offset: 16, wide: true}
	min4    = &class{name: "Min4", bits: 4, min: true, wide: true}
	min5    = &class{name: "Min5", bits: 5, min: true, wide: true}
	signed  = &class{name: "Signed", bits: 8}
	halves  = &class{name: "Halves", bits: 6, offset: 32, halves: true, wide: true}
	classes = []*class{offset4, offset5, min4, min5, signed, halves}
)

// format is one of GGUF's block formats.
type format struct {
	name string
	*class
	blocks    int   // of 32 elements in one of the format's own blocks
	size      int   // bytes of one of the format's own blocks
	constants []Mem // that load uses
	// load returns the 32 bytes of block j of a row.
	load func(r rows, row, j int) reg.VecVirtual
	// scales writes the scales of all its blocks, see func scales.
	scales func(r rows, d, m reg.GPVirtual)
}

var formats = []*format{
	{"Q4_0", offset4, 1, 18, four(), nibbles(2, -1), plainScales(false)},
	{"Q4_1", min4, 1, 20, four(), nibbles(4, -1), plainScales(true)},
	{"Q5_0", offset5, 1, 22, five(), nibbles(6, 2), plainScales(false)},
	{"Q5_1", min5, 1, 24, five(), nibbles(8, 4), plainScales(true)},
	{"Q8_0", signed, 1, 34, nil, whole(2), plainScales(false)},
	{"Q4_K", min4, 8, 144, []Mem{kit.Repeat8(15)}, nibblesK(16, -1), scalesK},
	{"Q5_K", min5, 8, 176, []Mem{kit.Repeat8(15), kit.Repeat8(16)}, nibblesK(48, 16), scalesK},
	{"Q6_K", halves, 8, 210, []Mem{kit.Repeat8(15), kit.Repeat8(48)}, sixK, scales6K},
}

// whole loads bytes as they are.
func whole(at int) func(rows, int, int) reg.VecVirtual {
	return func(r rows, row, _ int) reg.VecVirtual {
		q := YMM()
		VMOVDQU(r.at(row, at), q)
		return q
	}
}

// nibbles loads 16 bytes of which the low halves come first, with the fifth bits of all in the four
// bytes at high unless that is negative.
func nibbles(low, high int) func(rows, int, int) reg.VecVirtual {
	return func(r rows, row, _ int) reg.VecVirtual {
		q := YMM()
		VBROADCASTI128(r.at(row, low), q)
		VPSRLVD(kit.C(upperFours()), q, q)
		VPAND(kit.C(kit.Repeat8(15)), q, q)
		if high < 0 {
			return q
		}
		// Byte i gets the byte with its bit; comparing with the bit alone makes 16 of it.
		b := YMM()
		VPBROADCASTD(r.at(row, high), b)
		VPSHUFB(kit.C(fifthBytes()), b, b)
		VPAND(kit.C(fifthBits()), b, b)
		VPCMPEQB(kit.C(fifthBits()), b, b)
		VPAND(kit.C(kit.Repeat8(16)), b, b)
		VPOR(b, q, q)
		return q
	}
}

func four() []Mem { return []Mem{kit.Repeat8(15), upperFours()} }
func five() []Mem { return append(four(), kit.Repeat8(16), fifthBytes(), fifthBits()) }

// upperFours are the shifts that leave the lower half of a vector and bring the high halves of the
// bytes of the upper half down. Bits that come from a neighbouring byte are masked.
func upperFours() Mem {
	var b [32]byte
	for i := 16; i < 32; i += 4 {
		b[i] = 4
	}
	return kit.Bytes(b[:]...)
}

func fifthBytes() Mem {
	var b [32]byte
	for i := range b {
		b[i] = byte(i / 8)
	}
	return kit.Bytes(b[:]...)
}

func fifthBits() Mem {
	var b [32]byte
	for i := range b {
		b[i] = 1 << (i % 8)
	}
	return kit.Bytes(b[:]...)
}

// nibblesK loads block j of Q4_K or Q5_K: one half of 32 bytes, and bit j of the bytes at high.
func nibblesK(low, high int) func(rows, int, int) reg.VecVirtual {
	return func(r rows, row, j int) reg.VecVirtual {
		q := half(r.at(row, low+j/2*32), j%2)
		if high < 0 {
			return q
		}
		b := YMM()
		VMOVDQU(r.at(row, high), b)
		shift(b, 4-j)
		VPAND(kit.C(kit.Repeat8(16)), b, b)
		VPOR(b, q, q)
		return q
	}
}

// sixK loads block j of Q6_K: four bits of ql, two of qh.
func sixK(r rows, row, j int) reg.VecVirtual {
	h, k := j/4, j%4
	q := half(r.at(row, 64*h+k%2*32), k/2)
	b := YMM()
	VMOVDQU(r.at(row, 128+32*h), b)
	shift(b, 4-2*k)
	VPAND(kit.C(kit.Repeat8(48)), b, b)
	VPOR(b, q, q)
	return q
}

// half loads the low or the high halves of 32 bytes.
func half(at Mem, high int) reg.VecVirtual {
	q := YMM()
	VMOVDQU(at, q)
	shift(q, -4*high)
	VPAND(kit.C(kit.Repeat8(15)), q, q)
	return q
}

// shift shifts 16-bit lanes to the left, or to the right if by is negative.
func shift(v reg.VecVirtual, by int) {
	if by > 0 {
		VPSLLW(Imm(uint64(by)), v, v)
	} else if by < 0 {
		VPSRLW(Imm(uint64(-by)), v, v)
	}
}
