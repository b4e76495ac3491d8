package quant

import (
	"math"
	"slices"
	"testing"

	"github.com/qwen-agent/qwen-agent/kernels/kerneltest"
)

// TestQ8 compares every variant with the meaning, bit for bit, on ordinary numbers and on the corners:
// zeros, ties, tiny and huge blocks.
func TestQ8(t *testing.T) {
	inputs := map[string]func(i int) float32{
		"zeros":     func(int) float32 { return 0 },
		"constant":  func(int) float32 { return -3 },
		"ties":      func(i int) float32 { return []float32{127, 0.5, 1.5, -0.5, -1.5, 2.5, 126.5, -126.5}[i%8] },
		"subnormal": func(i int) float32 { return math.Float32frombits(uint32(i)) },
		"threshold": func(i int) float32 { return []float32{1e-30, 1.0000001e-30, 0.9999999e-30}[i/32%3] * float32(1-i%2*2) },
		"huge":      func(i int) float32 { return math.MaxFloat32 * float32(1-i%3) },
		"one":       func(i int) float32 { return float32(i % 32 / 31) },
		"spread":    func(i int) float32 { return float32(math.Ldexp(1, -i%32)) },
	}
	normal := kerneltest.Normal(33*Q8Block, 0, 1)
	inputs["normal"] = func(i int) float32 { return normal[i] }
	for _, v := range variants {
		for name, f := range inputs {
			t.Run(v.name+"/"+name, func(t *testing.T) {
				for n := range 34 {
					x := kerneltest.Aligned[float32](n*Q8Block, n%4)
					for i := range x {
						x[i] = f(i)
					}
					var want Q8
					want.Resize(1, n*Q8Block)
					quantizeQ8Ref(want.Data, want.Scale, want.Sum, want.Half, x)
					data, halves := kerneltest.NewGuardedInts[int8](n*Q8Block, n, 99), kerneltest.NewGuardedInts[int16](2*n, n, 99)
					scale, sum := kerneltest.NewGuarded(n, n%8), kerneltest.NewGuarded(n, n%3)
					v.quantize(data.Data, scale.Data, sum.Data, halves.Data, x)
					if !slices.Equal(data.Data, want.Data) {
						t.Fatalf("integers are %v, want %v", data.Data, want.Data)
					}
					if !slices.Equal(halves.Data, want.Half) {
						t.Fatalf("sums of halves are %v, want %v", halves.Data, want.Half)
					}
					kerneltest.Equal(t, scale.Data, want.Scale)
					kerneltest.Equal(t, sum.Data, want.Sum)
					data.Check(t)
					halves.Check(t)
					scale.Check(t)
					sum.Check(t)
				}
			})
		}
	}
}

// TestQ8Meaning checks what the format promises: no element is off by more than half a step, the
// largest is ±127, and sums are those of the integers.
func TestQ8Meaning(t *testing.T) {
	const rows, cols = 3, 96
	x := kerneltest.Normal(rows*cols, 0, 7)
	var q Q8
	q.Quantize(x, rows, cols)
	back := make([]float32, cols)
	for r := range rows {
		q.Dequantize(back, r)
		for i, got := range back {
			step := float64(q.Scale[(r*cols+i)/Q8Block])
			if d := math.Abs(float64(got) - float64(x[r*cols+i])); d > step*0.5001 {
				t.Errorf("row %d element %d is off by %g, half a step is %g", r, i, d, step/2)
			}
		}
	}
	for b := range rows * cols / Q8Block {
		var sum int16
		var most int8
		for i, v := range q.Data[b*Q8Block:][:Q8Block] {
			sum += int16(v)
			most = max(most, v, -v)
			if v == -128 {
				t.Errorf("block %d element %d is -128", b, i)
			}
		}
		if most != 127 {
			t.Errorf("block %d: largest is %d, want 127", b, most)
		}
		if q.Half[2*b]+q.Half[2*b+1] != sum || q.Sum[b] != q.Scale[b]*float32(sum) {
			t.Errorf("block %d: sums %d %d and %v, want %d in all", b, q.Half[2*b], q.Half[2*b+1], q.Sum[b], sum)
		}
	}
}

// TestQ8Reuse checks that rows can be done by several workers and buffers used again for other sizes.
func TestQ8Reuse(t *testing.T) {
	x := kerneltest.Normal(8*64, 0, 3)
	var q, want Q8
	q.Quantize(x, 4, 128)
	q.Resize(8, 64)
	q.QuantizeRows(x, 5, 8)
	q.QuantizeRows(x, 0, 5)
	want.Quantize(x, 8, 64)
	if !slices.Equal(q.Data, want.Data) || !slices.Equal(q.Half, want.Half) {
		t.Error("rows in two parts differ from all at once")
	}
	kerneltest.Equal(t, q.Scale, want.Scale)
	kerneltest.Equal(t, q.Sum, want.Sum)
}

func BenchmarkQ8(b *testing.B) {
	for _, v := range variants {
		b.Run(v.name+"/n=4864", func(b *testing.B) {
			const n = 4864
			x := kerneltest.Normal(n, 0, 1)
			var q Q8
			q.Resize(1, n)
			b.SetBytes(n * 4)
			for b.Loop() {
				v.quantize(q.Data, q.Scale, q.Sum, q.Half, x)
			}
		})
	}
}
