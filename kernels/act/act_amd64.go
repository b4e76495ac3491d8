//go:build amd64 && !purego

package act

import "github.com/qwen-agent/qwen-agent/kernels/variant"

func swiGLU(dst, gate, up []float32) {
	if variant.UseAVX2() {
		swiGLUAVX2(dst, gate, up)
	} else {
		swiGLURef(dst, gate, up)
	}
}

// swiGLUAVX2 pads the last elements to a vector, so that an element's bits do not depend on its place.
func swiGLUAVX2(dst, gate, up []float32) {
	n := len(gate) &^ 7
	if n > 0 {
		swiGLU8(&dst[0], &gate[0], &up[0], n)
	}
	if n < len(gate) {
		var g, u [8]float32
		copy(g[:], gate[n:])
		copy(u[:], up[n:])
		swiGLU8(&g[0], &g[0], &u[0], 8)
		copy(dst[n:], g[:])
	}
}
