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
