// Command gemm writes the kernels of package gemm: those for AVX2 or, with -vnni, those for AVX-512 VNNI.
//
// Weights are taken eight rows at a time, so that a vector has one lane a row. There are four kernels for rows as files have them:
//
//	scales  collects the scales of eight rows, block by block, one vector a block
//	dot     multiplies eight rows with one row of activations, unpacking as it reads
//	unpack  rearranges eight rows into a panel of bytes
//	tile    multiplies a panel with four rows of activations
//
// and three more for weights that lie interleaved, see gemm.Packed: pack interleaves eight rows, and
// dotPacked and panel are what dot, scales and unpack are to rows. tileWide, where it
// is worth it, multiplies sixteen packed rows at once: two panels, of which the blocks lie in turns.
//
// In a panel a block is 8 groups of 32 bytes: group g has bytes 4g to 4g+3 of each of the eight rows.
// Four bytes of activations, broadcast, then meet the same four columns of all rows at once, and sums
// of rows are lanes, without any horizontal addition.
//
// AVX-512 VNNI multiplies packed weights alone, sixteen rows at a time, two groups of eight as they lie in
// memory: there are a dotVNNI, a panelVNNI, and tiles of four and of eight rows of activations. tileVNNI32
// multiplies two panels at once.
package main

import (
	"flag"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/qwen-agent/qwen-agent/kernels/_asm/kit"
)

func main() {
	vnni := flag.Bool("vnni", false, "write the kernels for AVX-512 VNNI")
	flag.Parse()
	ConstraintExpr("!purego")
	if *vnni {
		allVNNI()
	} else {
		allAVX2()
	}
	Generate()
}

func allVNNI() {
	for _, f := range formats {
		dotVNNI(f)
		panelVNNI(f)
	}
	for _, k := range kinds {
		tileVNNI(k, 4)
		tileVNNI(k, 8)
		if !k.halves {
			tileVNNI32(k, 6)
		}
	}
}

func allAVX2() {
	for _, f := range formats {
		scales(f)
		dot(f)
		unpack(f)
		pack(f)
		dotPacked(f)
		panel(f)
	}
	for _, c := range classes {
		tile(c)
		if c.wide {
			tileWide(c)
		}
	}
	float32Dot()
}

// rows are eight rows of a matrix, at a position that moves along them.
type rows struct {
	p0, p4     reg.GPVirtual // rows 0 and 4
	stride, s3 reg.GPVirtual // bytes from row to row, and three times that
}

func loadRows() rows {
	r := rows{p0: kit.Arg("w"), stride: kit.Arg("stride"), p4: GP64(), s3: GP64()}
	LEAQ(Mem{Base: r.p0, Index: r.stride, Scale: 4}, r.p4)
	LEAQ(Mem{Base: r.stride, Index: r.stride, Scale: 2}, r.s3)
	return r
}

// at returns the place that is disp bytes from the position in row i.
func (r rows) at(i, disp int) Mem {
	m := Mem{Base: r.p0, Disp: disp}
	if i >= 4 {
		m.Base = r.p4
	}
	switch i % 4 {
	case 1:
		return m.Idx(r.stride, 1)
	case 2:
		return m.Idx(r.stride, 2)
	case 3:
		return m.Idx(r.s3, 1)
	}
	return m
}

func (r rows) advance(bytes int) {
	kit.Add(bytes, r.p0)
	kit.Add(bytes, r.p4)
}
