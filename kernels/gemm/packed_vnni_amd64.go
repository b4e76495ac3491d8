//go:build amd64 && !purego

package gemm

import "github.com/qwen-agent/qwen-agent/kernels/quant"

var vnniPacked = map[quant.Type]*packedKernels{
	quant.Q4_0: packedVNNI(dotVNNIQ4_0, panelVNNIQ4_0, tileVNNIOffset4, tileVNNIOffset8, false),
	quant.Q4_1: packedVNNI(dotVNNIQ4_1, panelVNNIQ4_1, tileVNNIMin4, tileVNNIMin8, true),
	quant.Q5_0: packedVNNI(dotVNNIQ5_0, panelVNNIQ5_0, tileVNNIOffset4, tileVNNIOffset8, false),
	quant.Q5_1: packedVNNI(dotVNNIQ5_1, panelVNNIQ5_1, tileVNNIMin4, tileVNNIMin8, true),
	quant.Q8_0: packedVNNI(dotVNNIQ8_0, panelVNNIQ8_0, tileVNNIOffset4, tileVNNIOffset8, false),
	quant.Q4_K: packedVNNI(dotVNNIQ4_K, panelVNNIQ4_K, tileVNNIMin4, tileVNNIMin8, true),
	quant.Q5_K: packedVNNI(dotVNNIQ5_K, panelVNNIQ5_K, tileVNNIMin4, tileVNNIMin8, true),
	quant.Q6_K: packedVNNI(dotVNNIQ6_K, panelVNNIQ6_K, tileVNNIHalves4, tileVNNIHalves8, false),
}

func packedVNNI(dot dotKernel, panel panelKernel, four, eight tileKernel, min bool) *packedKernels {
	return &packedKernels{wideRows, wideRows, dot, panel, []tile{{minTokens, four}, {wideTokens, eight}}, min}
}

// mulPackedVNNI has the same layout of weights as AVX2, whose groups of eight rows it takes two at a time.
func mulPackedVNNI(dst []float32, stride int, p *Packed, r0, r1 int, x *quant.Q8) {
	mulPackedBy(vnniPacked, dst, stride, p, r0, r1, x)
}
