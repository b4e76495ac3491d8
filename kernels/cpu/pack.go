package cpu

import (
	"sync/atomic"

	"github.com/qwen-agent/qwen-agent/kernels"
	"github.com/qwen-agent/qwen-agent/kernels/gemm"
)

// Packing goes over a weight in pieces of about so many bytes, after each of which the file's are given
// back, and each piece is shared out in steps of so many rows.
const (
	packPiece = 8 << 20
	packRows  = 32
)

// Prepare packs a weight, but not one that will most probably be estimated: with a sketch it needs
// no packed form.
func (d *Device) Prepare(w kernels.Weight) {
	if m := w.(*weight); m.Rows() < sketchRows || !gemm.SketchPays(m.Type, m.Cols()) {
		d.pack(m)
	}
}

// pack gives a weight its packed form, if products become faster by it and there is memory. It does so
// at the latest when the weight is first multiplied, so that a table that is only looked up in is left
// alone, and making a weight reads nothing. A weight that cannot be packed is used as it is: the products are the
// same.
func (d *Device) pack(w *weight) {
	if w.packed != nil || w.unpackable || d.err != nil {
		return
	}
	rows, row := w.Rows(), w.Type.Bytes(w.Cols())
	w.unpackable = !w.quantized() || !gemm.PacksFaster() || rows < gemm.PackedRows || row == 0
	if w.unpackable {
		return
	}
	if w.place == nil { // it has one if packing it failed before
		w.place = d.memory.take(gemm.PackedSize(w.Type, rows, w.Cols()))
	}
	if w.unpackable = w.place == nil; w.unpackable {
		return
	}
	p := &gemm.Packed{Type: w.Type, Rows: rows, Cols: w.Cols(), Data: w.place}
	d.operands = operands{name: "pack"}
	var done atomic.Int64
	piece := max(1, packPiece/(row*packRows)) * packRows
	for r := 0; r < rows; r += piece {
		end := min(r+piece, rows)
		d.each((end-r+packRows-1)/packRows, (end-r)*row, func(_ *Device, _, i int) {
			from := r + i*packRows
			to := min(from+packRows, end)
			p.Pack(&w.Matrix, from, to)
			done.Add(int64(to - from))
		})
		if d.Release != nil {
			d.Release(w.Data[r*row : end*row])
		}
	}
	if int(done.Load()) == rows { // otherwise there was a fault: the file cannot be read now
		w.packed = p
	}
}

// memory hands out memory that is given back all at once. It lies outside Go's heap, whose collector
// would otherwise let as much garbage gather as there are weights.
type memory struct {
	blocks [][]byte
	rest   []byte // of the last block
}

// blockSize is the least that is asked of the system: weights of a few megabytes share its large pages.
const blockSize = 64 << 20

// take returns memory of a size, or nil if the system has none.
func (m *memory) take(size int) []byte {
	n := (size + 63) / 64 * 64 // whole cache lines
	if n > len(m.rest) {
		b, err := allocate(max(n, blockSize))
		if err != nil {
			return nil
		}
		m.blocks, m.rest = append(m.blocks, b), b
	}
	b := m.rest[:size:size]
	m.rest = m.rest[n:]
	return b
}

// free gives everything back.
func (m *memory) free() {
	for _, b := range m.blocks {
		release(b)
	}
	*m = memory{}
}
