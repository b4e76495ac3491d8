package rope

import "github.com/qwen-agent/qwen-agent/kernels/variant"

// implementation is one variant of the kernel.
type implementation struct {
	name   string
	rotate func(x, cos, sin []float32)
}

// variants are those that this machine can run.
var variants = []implementation{{variant.Generic, rotateRef}}
