// Package rope turns queries and keys by their positions.
//
// Source: Su et al., RoFormer: Enhanced Transformer with Rotary Position Embedding (2021), with the
// pairs (i, i+D/2) of GPT-NeoX in place of (2i, 2i+1).
package rope

import (
	"fmt"
	"math"
)

// Table holds the cosines and sines of the angles of positions 0, 1, … for heads of one size. It is
// made once and then only read.
type Table struct {
	Dim, Positions int
	Cos, Sin       []float32 // (Positions, Dim/2)
}

// NewTable computes the table for heads of dim elements: the angle of pair i at position p is
// p·base^(-2i/dim), computed in float64 and rounded once. It panics if dim is odd or not positive, or
// positions is negative.
func NewTable(dim, positions int, base float64) *Table {
	if dim <= 0 || dim%2 != 0 || positions < 0 {
		panic(fmt.Sprintf("rope: NewTable: %d positions of heads of %d, want an even size", positions, dim))
	}
	h := dim / 2
	t := &Table{Dim: dim, Positions: positions, Cos: make([]float32, positions*h), Sin: make([]float32, positions*h)}
	for i := range h {
		frequency := math.Pow(base, -2*float64(i)/float64(dim))
		for p := range positions {
			sin, cos := math.Sincos(float64(p) * frequency)
			t.Cos[p*h+i], t.Sin[p*h+i] = float32(cos), float32(sin)
		}
	}
	return t
}

// Apply rotates x, which is (T, H, D) with T = len(pos) and D = t.Dim, in place: with c and s the
// cosine and sine of pair i at the position of the token,
//
//	x[i], x[i+D/2] = x[i]·c - x[i+D/2]·s, x[i+D/2]·c + x[i]·s
//
// It panics if the lengths do not agree or a position is outside the table.
func Apply(x []float32, heads int, pos []int32, t *Table) {
	if heads < 0 || len(x) != len(pos)*heads*t.Dim {
		panic(fmt.Sprintf("rope: Apply: x has %d elements, want (%d, %d, %d)", len(x), len(pos), heads, t.Dim))
	}
	h := t.Dim / 2
	for i, p := range pos {
		if p < 0 || int(p) >= t.Positions {
			panic(fmt.Sprintf("rope: Apply: position %d, want one of the table's %d", p, t.Positions))
		}
		cos, sin := t.Cos[int(p)*h:][:h], t.Sin[int(p)*h:][:h]
		rotate(x[i*heads*t.Dim:][:heads*t.Dim], cos, sin)
	}
}
