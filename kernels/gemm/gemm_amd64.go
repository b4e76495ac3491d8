//go:build amd64 && !purego

package gemm

import (
	"github.com/qwen-agent/qwen-agent/kernels/quant"
	"github.com/qwen-agent/qwen-agent/kernels/variant"
)

func mul(dst []float32, stride int, w *Matrix, r0, r1 int, x *quant.Q8) {
	if variant.UseAVX2() {
		mulAVX2(dst, stride, w, r0, r1, x)
	} else {
		mulRef(dst, stride, w, r0, r1, x)
	}
}

func mulF32(dst []float32, stride int, w *Matrix, r0, r1 int, x []float32, rows int) {
	if variant.UseAVX2() {
		mulF32AVX2(dst, stride, w, r0, r1, x, rows)
	} else {
		mulF32Ref(dst, stride, w, r0, r1, x, rows)
	}
}

// PacksFaster reports whether MulPacked is faster than Mul here.
func PacksFaster() bool { return variant.UseAVX2() }

func pack(p *Packed, w *Matrix, r0, r1 int) {
	if variant.UseAVX2() {
		packAVX2(p, w, r0, r1)
	} else {
		packRef(p, w, r0, r1)
	}
}

func mulPacked(dst []float32, stride int, p *Packed, r0, r1 int, x *quant.Q8) {
	switch {
	case variant.UseVNNI():
		mulPackedVNNI(dst, stride, p, r0, r1, x)
	case variant.UseAVX2():
		mulPackedAVX2(dst, stride, p, r0, r1, x)
	default:
		mulPackedRef(dst, stride, p, r0, r1, x)
	}
}
