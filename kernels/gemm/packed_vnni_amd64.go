//go:build amd64 && !purego

package gemm

import "github.com/qwen-agent/qwen-agent/kernels/quant"

var vnniPacked = map[quant.Type]*packedKernels{
	quant.Q4_0: packedVNNI(dotVNNIQ4_0, panelVNNIQ4_0, vnniOffset),
	quant.Q4_1: packedVNNI(dotVNNIQ4_1, panelVNNIQ4_1, vnniMin),
	quant.Q5_0: packedVNNI(dotVNNIQ5_0, panelVNNIQ5_0, vnniOffset),
	quant.Q5_1: packedVNNI(dotVNNIQ5_1, panelVNNIQ5_1, vnniMin),
	quant.Q8_0: packedVNNI(dotVNNIQ8_0, panelVNNIQ8_0, vnniOffset),
	quant.Q4_K: packedVNNI(dotVNNIQ4_K, panelVNNIQ4_K, vnniMin),
	quant.Q5_K: packedVNNI(dotVNNIQ5_K, panelVNNIQ5_K, vnniMin),
	quant.Q6_K: packedVNNI(dotVNNIQ6_K, panelVNNIQ6_K, vnniHalves),
}

// vnniTiles are those of a class of formats. Halves have no registers left for two panels.
type vnniTiles struct {
	once, twice []tile
	min         bool
}

var (
	vnniOffset = vnniTiles{[]tile{{minTokens, tileVNNIOffset4}, {wideTokens, tileVNNIOffset8}}, []tile{{twiceTokens, tileVNNI32Offset6}}, false}
	vnniMin    = vnniTiles{[]tile{{minTokens, tileVNNIMin4}, {wideTokens, tileVNNIMin8}}, []tile{{twiceTokens, tileVNNI32Min6}}, true}
	vnniHalves = vnniTiles{once: []tile{{minTokens, tileVNNIHalves4}, {wideTokens, tileVNNIHalves8}}}
)

func packedVNNI(dot dotKernel, panel panelKernel, t vnniTiles) *packedKernels {
	return &packedKernels{dotRows: wideRows, rows: wideRows, dot: dot, panel: panel, tiles: t.once, twice: t.twice, min: t.min}
}

// mulPackedVNNI has the same layout of weights as AVX2, whose groups of eight rows it takes two at a time.
func mulPackedVNNI(dst []float32, stride int, p *Packed, r0, r1 int, x *quant.Q8) {
	mulPackedBy(vnniPacked, dst, stride, p, r0, r1, x)
}
