package gemm

import (
	"encoding/binary"
	"fmt"

	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

// PackedRows is how many rows of a Packed matrix lie interleaved.
const PackedRows = 8

// Packed is a weight matrix of (Rows, Cols) in a layout for straight reading: the same numbers in as many
// bytes, eight rows at a time.
//
// A packed block holds the same block of eight rows. First come the float16 numbers, each as a vector of
// eight, then the 32-bit words of the block's other bytes in the order of the file, likewise. The packed
// blocks of eight rows follow each other, then come those of the next eight. If the rows do not end with
// the last eight, zeros stand in for those that are missing. The fifth bits of Q5_0 and Q5_1 alone are
// another word than in the file: bit 4g+k has become bit g of byte k.
//
// So a vector of eight words has four bytes of each row, which are or contain the weights of four
// neighbouring columns: what a panel has, see _asm/gemm.
type Packed struct {
	Type       quant.Type
	Rows, Cols int
	Data       []byte // PackedSize bytes
}

// PackedSize returns how many bytes a packed matrix takes. Types without blocks cannot be packed: for
// them, and for shapes that Matrix.Check refuses, it panics.
func PackedSize(t quant.Type, rows, cols int) int {
	if layoutOf[t] == nil || rows < 0 {
		panic(fmt.Sprintf("gemm: PackedSize: (%d, %d) of %v, want a type with blocks", rows, cols, t))
	}
	return (rows + PackedRows - 1) / PackedRows * PackedRows * t.Bytes(cols)
}

// Slice returns rows r0 to r1 of p as a matrix that shares its bytes. It panics unless r0 is a multiple of
// PackedRows.
func (p *Packed) Slice(r0, r1 int) Packed {
	if r0%PackedRows != 0 || r0 < 0 || r1 < r0 || r1 > p.Rows {
		panic(fmt.Sprintf("gemm: Packed.Slice: rows %d to %d of %d, want the start in multiples of %d", r0, r1, p.Rows, PackedRows))
	}
	at := r0 * p.Type.Bytes(p.Cols)
	return Packed{p.Type, r1 - r0, p.Cols, p.Data[at : at+PackedSize(p.Type, r1-r0, p.Cols)]}
}

// Pack copies rows r0 to r1 of w into their places in p, which has the same type and shape. It panics
// unless r0 is a multiple of PackedRows, and r1 too or the number of rows: callers share out the rows.
func (p *Packed) Pack(w *Matrix, r0, r1 int) {
	p.check("Pack")
	if err := w.Check(); err != nil {
		panic(fmt.Sprintf("gemm: Pack: matrix: %v", err))
	}
	if w.Type != p.Type || w.Rows != p.Rows || w.Cols != p.Cols {
		panic(fmt.Sprintf("gemm: Pack: matrix is (%d, %d) of %v, want (%d, %d) of %v", w.Rows, w.Cols, w.Type, p.Rows, p.Cols, p.Type))
	}
	if r0%PackedRows != 0 || r0 < 0 || r1 < r0 || r1 > w.Rows || r1%PackedRows != 0 && r1 != w.Rows {
		panic(fmt.Sprintf("gemm: Pack: rows %d to %d of %d, want multiples of %d", r0, r1, w.Rows, PackedRows))
	}
	pack(p, w, r0, r1)
}

// Row restores the blocks of row r as the file has them into dst, which must be as long.
func (p *Packed) Row(dst []byte, r int) {
	p.check("Row")
	if r < 0 || r >= p.Rows || len(dst) != p.Type.Bytes(p.Cols) {
		panic(fmt.Sprintf("gemm: Packed.Row: row %d of (%d, %d) into %d bytes", r, p.Rows, p.Cols, len(dst)))
	}
	p.row(dst, r)
}

// MulPacked is Mul for a packed matrix: the same products, bit for bit.
func MulPacked(dst []float32, stride int, p *Packed, r0, r1 int, x *quant.Q8) {
	p.check("MulPacked")
	checkProduct("MulPacked", dst, stride, p.Rows, p.Cols, r0, r1, x.Rows, x.Cols)
	if r0 < r1 && x.Rows > 0 {
		mulPacked(dst, stride, p, r0, r1, x)
	}
}

func (p *Packed) check(name string) {
	if want := PackedSize(p.Type, p.Rows, p.Cols); len(p.Data) != want {
		panic(fmt.Sprintf("gemm: %s: packed matrix of %d bytes for (%d, %d) of %v, want %d", name, len(p.Data), p.Rows, p.Cols, p.Type, want))
	}
}

// layout says where the parts of a format's block lie in a file: float16 numbers at halves, 32-bit words
// from word on to the end or, where the number stands there, to the half. At fifth, unless that is zero,
// is the word with the fifth bits.
type layout struct {
	halves []int
	word   int
	fifth  int
}

var layoutOf = map[quant.Type]*layout{
	quant.Q4_0: {[]int{0}, 2, 0},
	quant.Q4_1: {[]int{0, 2}, 4, 0},
	quant.Q5_0: {[]int{0}, 2, 2},
	quant.Q5_1: {[]int{0, 2}, 4, 4},
	quant.Q8_0: {[]int{0}, 2, 0},
	quant.Q4_K: {[]int{0, 2}, 4, 0},
	quant.Q5_K: {[]int{0, 2}, 4, 0},
	quant.Q6_K: {[]int{208}, 0, 0},
}

// each calls half and word for every part of a block: from is its offset in a row's block, to that of its
// vector in a packed block of eight rows.
func (l *layout) each(size int, half, word func(from, to int)) {
	to := 0
	for _, from := range l.halves {
		half(from, to)
		to += 2 * PackedRows
	}
	for from := l.word; from+4 <= size; from += 4 {
		word(from, to)
		to += 4 * PackedRows
	}
}

// packRef is the meaning of Pack.
func packRef(p *Packed, w *Matrix, r0, r1 int) {
	_, size := p.Type.Block()
	l, n := layoutOf[p.Type], w.rowBytes()/size
	for r := r0; r < r1; r += PackedRows {
		group := p.Data[r*n*size:][:PackedRows*n*size]
		clear(group) // for the rows that are missing
		for i := range min(PackedRows, w.Rows-r) {
			row := w.Row(r + i)
			for b := range n {
				src, dst := row[b*size:][:size], group[b*PackedRows*size:][:PackedRows*size]
				l.each(size,
					func(from, to int) { copy(dst[to+2*i:], src[from:from+2]) },
					func(from, to int) {
						v := binary.LittleEndian.Uint32(src[from:])
						if l.fifth == from && from > 0 {
							v = spread(v)
						}
						binary.LittleEndian.PutUint32(dst[to+4*i:], v)
					})
			}
		}
	}
}

func (p *Packed) row(dst []byte, r int) {
	_, size := p.Type.Block()
	l, n := layoutOf[p.Type], len(dst)/size
	group, i := p.Data[r/PackedRows*PackedRows*n*size:], r%PackedRows
	for b := range n {
		to, src := dst[b*size:][:size], group[b*PackedRows*size:][:PackedRows*size]
		l.each(size,
			func(at, from int) { copy(to[at:], src[from+2*i:from+2*i+2]) },
			func(at, from int) {
				v := binary.LittleEndian.Uint32(src[from+4*i:])
				if l.fifth == at && at > 0 {
					v = gather(v)
				}
				binary.LittleEndian.PutUint32(to[at:], v)
			})
	}
}

// swaps exchange bits s places apart where the mask has the lower one. In this order they move bit 4g+k to
// bit g of byte k.
var swaps = [4]struct {
	s    int
	mask uint32
}{{1, 0x22222222}, {3, 0x0a0a0a0a}, {6, 0x00cc00cc}, {12, 0x0000f0f0}}

// spread moves bit 4g+k to bit g of byte k.
func spread(v uint32) uint32 {
	for _, s := range swaps {
		t := (v>>s.s ^ v) & s.mask
		v ^= t ^ t<<s.s
	}
	return v
}

// gather is the inverse of spread.
func gather(v uint32) uint32 {
	for i := range swaps {
		s := swaps[len(swaps)-1-i]
		t := (v>>s.s ^ v) & s.mask
		v ^= t ^ t<<s.s
	}
	return v
}

// mulPackedRef is the meaning of MulPacked.
func mulPackedRef(dst []float32, stride int, p *Packed, r0, r1 int, x *quant.Q8) {
	w := Matrix{p.Type, 1, p.Cols, make([]byte, p.Type.Bytes(p.Cols))}
	for r := r0; r < r1; r++ {
		p.row(w.Data, r)
		mulRef(dst[r:], stride, &w, 0, 1, x)
	}
}
