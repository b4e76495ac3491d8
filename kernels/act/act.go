// Package act has activation functions.
package act

import "fmt"

// SwiGLU writes the gated activation of a feed-forward layer:
//
//	dst[i] = gate[i] / (1 + exp(-gate[i])) * up[i]
//
// dst may be gate or up itself. It panics if the lengths differ.
//
// Source: Shazeer, GLU Variants Improve Transformer (2020), eq. 5 with Swish of β = 1.
func SwiGLU(dst, gate, up []float32) {
	if len(dst) != len(gate) || len(dst) != len(up) {
		panic(fmt.Sprintf("act: SwiGLU: dst has %d elements, gate %d, up %d", len(dst), len(gate), len(up)))
	}
	swiGLU(dst, gate, up)
}
