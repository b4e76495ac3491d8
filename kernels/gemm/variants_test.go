package gemm

import (
	"github.com/qwen-agent/qwen-agent/kernels/quant"
	"github.com/qwen-agent/qwen-agent/kernels/variant"
)

// implementation is one variant of the kernels.
type implementation struct {
	name   string
	mul    func(dst []float32, stride int, w *Matrix, r0, r1 int, x *quant.Q8)
	mulF32 func(dst []float32, stride int, w *Matrix, r0, r1 int, x []float32, rows int)

	pack      func(p *Packed, w *Matrix, r0, r1 int)
	mulPacked func(dst []float32, stride int, p *Packed, r0, r1 int, x *quant.Q8)
}

// variants are those that this machine can run.
var variants = []implementation{{variant.Generic, mulRef, mulF32Ref, packRef, mulPackedRef}}
