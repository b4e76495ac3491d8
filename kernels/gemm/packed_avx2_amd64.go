//go:build amd64 && !purego

package gemm

import (
	"unsafe"

	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

// avx2Pack interleaves n blocks of eight rows.
var avx2Pack = map[quant.Type]func(dst, w *byte, stride, n int){
	quant.Q4_0: packQ4_0,
	quant.Q4_1: packQ4_1,
	quant.Q5_0: packQ5_0,
	quant.Q5_1: packQ5_1,
	quant.Q8_0: packQ8_0,
	quant.Q4_K: packQ4_K,
	quant.Q5_K: packQ5_K,
	quant.Q6_K: packQ6_K,
}

func packAVX2(p *Packed, w *Matrix, r0, r1 int) {
	pack, n, row := avx2Pack[p.Type], w.Cols/quant.Q8Block, w.rowBytes()
	r := r0
	for ; n > 0 && r+PackedRows <= r1; r += PackedRows {
		pack(&p.Data[r*row], &w.Data[r*row], row, n)
	}
	if r < r1 {
		packRef(p, w, r, r1)
	}
}

var avx2Packed = map[quant.Type]*packedKernels{
	quant.Q4_0: packedAVX2(quant.Q4_0, dotPackedQ4_0, panelQ4_0, tileWideOffset4),
	quant.Q4_1: packedAVX2(quant.Q4_1, dotPackedQ4_1, panelQ4_1, tileWideMin4),
	quant.Q5_0: packedAVX2(quant.Q5_0, dotPackedQ5_0, panelQ5_0, tileWideOffset5),
	quant.Q5_1: packedAVX2(quant.Q5_1, dotPackedQ5_1, panelQ5_1, tileWideMin5),
	quant.Q8_0: packedAVX2(quant.Q8_0, dotPackedQ8_0, panelQ8_0, nil),
	quant.Q4_K: packedAVX2(quant.Q4_K, dotPackedQ4_K, panelQ4_K, tileWideMin4),
	quant.Q5_K: packedAVX2(quant.Q5_K, dotPackedQ5_K, panelQ5_K, tileWideMin5),
	quant.Q6_K: packedAVX2(quant.Q6_K, dotPackedQ6_K, panelQ6_K, tileWideHalves),
}

// packedAVX2 describes kernels of which dot and panel take one group of rows. A wide tile multiplies two panels;
// types without have the tile for rows as files have them.
func packedAVX2(t quant.Type, dot func(dst *float32, w *byte, ahead int, x *int8, scale *float32, s *byte, n int),
	panel func(panel *byte, d, m *float32, w *byte, n int), wide tileKernel) *packedKernels {
	k := &packedKernels{
		dotRows: tileRows,
		dot: func(dst *float32, w *byte, _, ahead int, x *int8, scale *float32, s *byte, n int) {
			dot(dst, w, ahead, x, scale, s, n)
		},
		rows:  tileRows,
		panel: func(out *byte, d, m *float32, w *byte, _, n int) { panel(out, d, m, w, n) },
		tiles: []tile{{tileTokens, kernelsOf[t].tile}},
		min:   kernelsOf[t].min,
	}
	if wide != nil {
		k.rows, k.tiles = wideRows, []tile{{tileTokens, wide}}
		k.panel = func(out *byte, d, m *float32, w *byte, second, n int) {
			panel(out, d, m, w, n)
			panel((*byte)(unsafe.Add(unsafe.Pointer(out), quant.Q8Block*tileRows)), (*float32)(unsafe.Add(unsafe.Pointer(d), 4*tileRows)),
				(*float32)(unsafe.Add(unsafe.Pointer(m), 4*tileRows)), (*byte)(unsafe.Add(unsafe.Pointer(w), second)), n)
		}
	}
	return k
}

func mulPackedAVX2(dst []float32, stride int, p *Packed, r0, r1 int, x *quant.Q8) {
	mulPackedBy(avx2Packed, dst, stride, p, r0, r1, x)
}
