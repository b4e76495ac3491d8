package act

import "math"

// swiGLURef is the meaning of SwiGLU, with the exponential in float64.
func swiGLURef(dst, gate, up []float32) {
	for i, g := range gate {
		dst[i] = float32(float64(g)/(1+math.Exp(-float64(g)))) * up[i]
	}
}
