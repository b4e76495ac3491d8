// Package kerneltest has what the tests of kernels share: data of every alignment, memory that shows
// what was written outside it, and comparison within a tolerance.
package kerneltest

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Normal returns n normally distributed numbers, the same for the same seed. The first lies off
// elements after an address that is a multiple of 32 bytes or more.
func Normal(n, off int, seed uint64) []float32 {
	r := rand.New(rand.NewPCG(seed, 1))
	x := Aligned[float32](n, off)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return x
}

// Bytes returns n random bytes, the same for the same seed, off bytes after a multiple of 64.
func Bytes(n, off int, seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 2))
	b := Aligned[byte](n, off)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// Guarded is memory between two guards.
type Guarded[E comparable] struct {
	Data  []E // what a kernel may write
	whole []E
	guard E
}

// guardLen is how many elements lie before and after the data: more than two of the widest vectors.
const guardLen = 64

// NewGuarded returns n elements, the first off elements after an aligned address, between guards. All of
// them hold a number that no kernel is likely to write, so that an element left out shows as well.
func NewGuarded(n, off int) *Guarded[float32] {
	return newGuarded[float32](n, off, math.Float32frombits(0x7149f2ca)) // 1e30
}

// NewGuardedInts is NewGuarded for other elements, filled with guard.
func NewGuardedInts[E int8 | uint8 | int16 | uint16 | int32](n, off int, guard E) *Guarded[E] {
	return newGuarded(n, off, guard)
}

func newGuarded[E comparable](n, off int, guard E) *Guarded[E] {
	whole := Aligned[E](n+2*guardLen, off)
	for i := range whole {
		whole[i] = guard
	}
	return &Guarded[E]{whole[guardLen : guardLen+n : guardLen+n], whole, guard}
}

// Check fails the test if a guard was overwritten.
func (g *Guarded[E]) Check(t testing.TB) {
	t.Helper()
	for i, x := range g.whole {
		if at := i - guardLen; (at < 0 || at >= len(g.Data)) && x != g.guard {
			t.Fatalf("element %d of %d was written: %v", at, len(g.Data), x)
		}
	}
}

// Near fails the test unless every element of got is within tolerance*(1+|want|) of want. Infinities and
// NaNs must be the same.
func Near(t testing.TB, got, want []float32, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d elements, want %d", len(got), len(want))
	}
	for i, w := range want {
		g, w := float64(got[i]), float64(w)
		if g == w || math.IsNaN(g) && math.IsNaN(w) {
			continue
		}
		if d := math.Abs(g - w); !(d <= tolerance*(1+math.Abs(w))) || math.IsInf(w, 0) {
			t.Fatalf("element %d of %d is %v, want %v within %g: off by %g", i, len(want), g, w, tolerance, d)
		}
	}
}

// Equal fails the test unless got and want are the same, bit for bit, all NaNs counting as one.
func Equal(t testing.TB, got, want []float32) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d elements, want %d", len(got), len(want))
	}
	for i, w := range want {
		g := got[i]
		if math.Float32bits(g) != math.Float32bits(w) && (g == g || w == w) {
			t.Fatalf("element %d of %d is %v (%#x), want %v (%#x)", i, len(want), g, math.Float32bits(g), w, math.Float32bits(w))
		}
	}
}
