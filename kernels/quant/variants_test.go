package quant

import "github.com/qwen-agent/qwen-agent/kernels/variant"

// implementation is one variant of the kernel.
type implementation struct {
	name     string
	quantize func(data []int8, scale, sum []float32, halves []int16, x []float32)
	four     func(dst []byte, x []float32, whole, lost *[8]float32)
}

// variants are those that this machine can run.
var variants = []implementation{{variant.Generic, quantizeQ8Ref, quantizeQ4_0Ref}}
