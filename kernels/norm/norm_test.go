package norm

import (
	"fmt"
	"math"
	"testing"

	"github.com/qwen-agent/qwen-agent/kernels/kerneltest"
)

func TestRMS(t *testing.T) {
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			for n := 1; n <= 257; n++ { // every tail of every vector width
				for off := range 4 { // every alignment
					x, w := kerneltest.Normal(n, off, 1), kerneltest.Normal(n, off, 2)
					got, want := kerneltest.NewGuarded(n, off), make([]float32, n)
					v.rms(got.Data, x, w, 1e-6)
					rmsRef(want, x, w, 1e-6)
					kerneltest.Near(t, got.Data, want, 1e-6)
					got.Check(t)
				}
			}
		})
	}
}

// TestRMSMeaning has rows whose result is known.
func TestRMSMeaning(t *testing.T) {
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			x, w, got := make([]float32, 64), make([]float32, 64), make([]float32, 64)
			want := make([]float32, 64)
			for i := range x {
				x[i] = float32(3 - 6*(i%2)) // the root mean square is 3
				w[i] = float32(i)
				want[i] = float32((1 - 2*(i%2)) * i)
			}
			v.rms(got, x, w, 0)
			kerneltest.Near(t, got, want, 1e-6)
			v.rms(got, make([]float32, 64), w, 1e-6) // eps keeps a row of zeros from becoming NaN
			kerneltest.Equal(t, got, make([]float32, 64))
		})
	}
}

func TestRMSRows(t *testing.T) {
	const rows, n = 3, 40
	x, w := kerneltest.Normal(rows*n, 0, 1), kerneltest.Normal(n, 0, 2)
	want := make([]float32, rows*n)
	for r := range rows {
		rmsRef(want[r*n:][:n], x[r*n:][:n], w, 1e-6)
	}
	RMS(x, x, w, 1e-6) // in place
	kerneltest.Near(t, x, want, 1e-6)
	defer func() {
		if recover() == nil {
			t.Error("lengths that do not agree were accepted")
		}
	}()
	RMS(x[1:], x, w, 1e-6)
}

// TestRMSLong checks the error of long rows with large values, which a narrow sum would lose.
func TestRMSLong(t *testing.T) {
	const n = 1 << 16
	x, w := kerneltest.Normal(n, 0, 1), kerneltest.Normal(n, 0, 2)
	for i := range x {
		x[i] *= float32(math.Ldexp(1, i%20))
	}
	for _, v := range variants {
		got, want := make([]float32, n), make([]float32, n)
		v.rms(got, x, w, 1e-6)
		rmsRef(want, x, w, 1e-6)
		kerneltest.Near(t, got, want, 1e-6)
	}
}

func BenchmarkRMS(b *testing.B) {
	for _, v := range variants {
		for _, n := range []int{896, 1536, 4096} {
			b.Run(fmt.Sprintf("%s/n=%d", v.name, n), func(b *testing.B) { benchRMS(b, v, n) })
		}
	}
}

func benchRMS(b *testing.B, v implementation, n int) {
	x, w, dst := kerneltest.Normal(n, 0, 1), kerneltest.Normal(n, 0, 2), make([]float32, n)
	b.SetBytes(int64(n) * 12) // reads x and w, writes dst
	for b.Loop() {
		v.rms(dst, x, w, 1e-6)
	}
}
