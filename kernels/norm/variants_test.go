package norm

import "github.com/qwen-agent/qwen-agent/kernels/variant"

// implementation is one variant of the kernel.
type implementation struct {
	name string
	rms  func(dst, x, w []float32, eps float32)
}

// variants are those that this machine can run.
var variants = []implementation{{variant.Generic, rmsRef}}
