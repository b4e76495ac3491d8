package rope

import (
	"fmt"
	"math"
	"math/cmplx"
	"testing"

	"github.com/qwen-agent/qwen-agent/kernels/kerneltest"
)

func TestRotate(t *testing.T) {
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			for h := 1; h <= 72; h++ {
				for heads := range 4 {
					cos, sin := kerneltest.Normal(h, h%3, 1), kerneltest.Normal(h, h%5, 2)
					got, want := kerneltest.NewGuarded(heads*2*h, h%4), kerneltest.Normal(heads*2*h, 0, 3)
					copy(got.Data, want)
					v.rotate(got.Data, cos, sin)
					rotateRef(want, cos, sin)
					kerneltest.Equal(t, got.Data, want)
					got.Check(t)
				}
			}
		})
	}
}

// TestApply rotates complex numbers: element i is the real part and i+D/2 the imaginary part of a number
// that is multiplied by exp(i·position·frequency).
func TestApply(t *testing.T) {
	const dim, heads, base = 16, 3, 1e6
	pos := []int32{0, 1, 7, 4095}
	table := NewTable(dim, 4096, base)
	x := kerneltest.Normal(len(pos)*heads*dim, 0, 1)
	want := make([]float32, len(x))
	for k, p := range pos {
		for h := range heads {
			for i := range dim / 2 {
				at := (k*heads+h)*dim + i
				angle := float64(p) * math.Pow(base, -2*float64(i)/dim)
				z := complex(float64(x[at]), float64(x[at+dim/2])) * cmplx.Exp(complex(0, angle))
				want[at], want[at+dim/2] = float32(real(z)), float32(imag(z))
			}
		}
	}
	Apply(x, heads, pos, table)
	kerneltest.Near(t, x, want, 2e-7)
}

func TestApplyRefuses(t *testing.T) {
	table := NewTable(8, 4, 1e4)
	for name, f := range map[string]func(){
		"past the table": func() { Apply(make([]float32, 8), 1, []int32{4}, table) },
		"negative":       func() { Apply(make([]float32, 8), 1, []int32{-1}, table) },
		"wrong length":   func() { Apply(make([]float32, 9), 1, []int32{0}, table) },
		"odd heads":      func() { NewTable(7, 4, 1e4) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			f()
		})
	}
}

func BenchmarkRotate(b *testing.B) {
	for _, v := range variants {
		for _, dim := range []int{64, 128} {
			b.Run(fmt.Sprintf("%s/heads=14/dim=%d", v.name, dim), func(b *testing.B) {
				x, table := kerneltest.Normal(14*dim, 0, 1), NewTable(dim, 2, 1e6)
				b.SetBytes(int64(14 * dim * 8)) // reads and writes x
				for b.Loop() {
					v.rotate(x, table.Cos[dim/2:], table.Sin[dim/2:])
				}
			})
		}
	}
}
