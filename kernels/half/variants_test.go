package half

import "github.com/qwen-agent/qwen-agent/kernels/variant"

// implementation is one variant of the kernel.
type implementation struct {
	name   string
	decode func(dst []float32, src []uint16)
	encode func(dst []uint16, src []float32)
}

// variants are those that this machine can run.
var variants = []implementation{{variant.Generic, decodeRef, encodeRef}}
