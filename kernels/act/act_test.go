package act

import (
	"math"
	"testing"

	"github.com/qwen-agent/qwen-agent/kernels/kerneltest"
)

func TestSwiGLU(t *testing.T) {
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			for n := range 70 {
				for off := range 4 {
					gate, up := kerneltest.Normal(n, off, 1), kerneltest.Normal(n, off, 2)
					got, want := kerneltest.NewGuarded(n, off), make([]float32, n)
					v.swiGLU(got.Data, gate, up)
					swiGLURef(want, gate, up)
					kerneltest.Near(t, got.Data, want, 1e-6)
					got.Check(t)
				}
			}
		})
	}
}

// TestSwiGLURange checks the exponential over all its range. With up = 1/gate the result is the
// logistic function itself, so errors are relative to that.
func TestSwiGLURange(t *testing.T) {
	var gate, up []float32
	for g := float32(-104); g < 104; g += 0.0037 {
		gate, up = append(gate, g), append(up, 1)
	}
	for _, g := range []float64{0, math.Copysign(0, -1), 1e-30, -1e-30, 88.7, 88.8, -88.7, -88.8, 1e30, -1e30, math.MaxFloat32, -math.MaxFloat32} {
		gate, up = append(gate, float32(g)), append(up, 1)
	}
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			got := make([]float32, len(gate))
			v.swiGLU(got, gate, up)
			worst := 0.0
			for i, g := range gate {
				want := float64(g) / (1 + math.Exp(-float64(g)))
				if math.Abs(want) < 1e-30 { // near the end of float32: the absolute error counts
					if d := math.Abs(float64(got[i]) - want); !(d < 1e-30) {
						t.Fatalf("SwiGLU(%v, 1) = %v, want %v", g, got[i], want)
					}
					continue
				}
				worst = max(worst, math.Abs(float64(got[i])/want-1))
				if !(math.Abs(float64(got[i])/want-1) < 4e-7) {
					t.Fatalf("SwiGLU(%v, 1) = %v, want %v", g, got[i], want)
				}
			}
			t.Logf("largest relative error %.3g", worst)
			nan := []float32{float32(math.NaN()), 0, 0, 0, 0, 0, 0, 0}
			v.swiGLU(nan, nan, up[:8])
			if nan[0] == nan[0] {
				t.Errorf("a NaN became %v", nan[0])
			}
		})
	}
}

func BenchmarkSwiGLU(b *testing.B) {
	for _, v := range variants {
		b.Run(v.name+"/n=4864", func(b *testing.B) {
			const n = 4864
			gate, up, dst := kerneltest.Normal(n, 0, 1), kerneltest.Normal(n, 0, 2), make([]float32, n)
			b.SetBytes(n * 12)
			for b.Loop() {
				v.swiGLU(dst, gate, up)
			}
		})
	}
}
