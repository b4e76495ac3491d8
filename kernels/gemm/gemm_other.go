//go:build !amd64 || purego

package gemm

import "github.com/qwen-agent/qwen-agent/kernels/quant"

func mul(dst []float32, stride int, w *Matrix, r0, r1 int, x *quant.Q8) {
	mulRef(dst, stride, w, r0, r1, x)
}

func mulF32(dst []float32, stride int, w *Matrix, r0, r1 int, x []float32, rows int) {
	mulF32Ref(dst, stride, w, r0, r1, x, rows)
}
