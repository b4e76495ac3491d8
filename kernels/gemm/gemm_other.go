//go:build !amd64 || purego

package gemm

import "github.com/qwen-agent/qwen-agent/kernels/quant"

func mul(dst []float32, stride int, w *Matrix, r0, r1 int, x *quant.Q8) {
	mulRef(dst, stride, w, r0, r1, x)
}

func mulF32(dst []float32, stride int, w *Matrix, r0, r1 int, x []float32, rows int) {
	mulF32Ref(dst, stride, w, r0, r1, x, rows)
}

// PacksFaster reports whether MulPacked is faster than Mul here.
func PacksFaster() bool { return false }

func pack(p *Packed, w *Matrix, r0, r1 int) { packRef(p, w, r0, r1) }

func mulPacked(dst []float32, stride int, p *Packed, r0, r1 int, x *quant.Q8) {
	mulPackedRef(dst, stride, p, r0, r1, x)
}
