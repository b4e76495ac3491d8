package quant

import (
	"bytes"
	"math"
	"testing"

	"github.com/qwen-agent/qwen-agent/kernels/half"
	"github.com/qwen-agent/qwen-agent/kernels/kerneltest"
)

// TestQuantizeQ4_0 compares every variant with the meaning, bit for bit, on ordinary numbers and on the
// corners.
func TestQuantizeQ4_0(t *testing.T) {
	normal := kerneltest.Normal(33*32, 0, 1)
	inputs := map[string]func(i int) float32{
		"zeros":     func(int) float32 { return 0 },
		"signs":     func(i int) float32 { return float32(math.Copysign(0, float64(i%3-1))) },
		"constant":  func(int) float32 { return -3 },
		"both ends": func(i int) float32 { return []float32{5, -5, 0}[i%3] },
		"ties":      func(i int) float32 { return []float32{-8, 0.5, 1.5, -0.5, -1.5, 2.5, 6.5, 7.5}[i%8] },
		"subnormal": func(i int) float32 { return float32(math.Ldexp(float64(i%7-3), -24)) },
		"vanishing": func(i int) float32 { return math.Float32frombits(uint32(i)) },
		"large":     func(i int) float32 { return 500000 * float32(1-i%3) },
		"one":       func(i int) float32 { return float32(i % 32 / 31) },
		"normal":    func(i int) float32 { return normal[i] },
	}
	for _, v := range variants {
		for name, f := range inputs {
			t.Run(v.name+"/"+name, func(t *testing.T) {
				for n := range 34 {
					x := kerneltest.Aligned[float32](n*32, n%4)
					for i := range x {
						x[i] = f(i)
					}
					want, got := make([]byte, n*sizeQ4_0), kerneltest.NewGuardedInts[uint8](n*sizeQ4_0, n, 99)
					var sums, wants [2][8]float32
					quantizeQ4_0Ref(want, x, &wants[0], &wants[1])
					v.four(got.Data, x, &sums[0], &sums[1])
					if !bytes.Equal(got.Data, want) {
						t.Fatalf("%d blocks are %x, want %x", n, got.Data, want)
					}
					got.Check(t)
					kerneltest.Equal(t, sums[0][:], wants[0][:])
					kerneltest.Equal(t, sums[1][:], wants[1][:])
				}
			})
		}
	}
}

// TestQ4_0Meaning checks that no element is off by more than half a step, but for those that are cut, and
// that the squares are those of the differences.
func TestQ4_0Meaning(t *testing.T) {
	x := kerneltest.Normal(64*32, 0, 3)
	blocks, back := make([]byte, Q4_0.Bytes(len(x))), make([]float32, len(x))
	s := QuantizeQ4_0(blocks, x)
	Dequantize(back, Q4_0, blocks)
	whole, lost := 0.0, 0.0
	for i, v := range x {
		step := math.Abs(float64(half.Float32(uint16(blocks[i/32*18]) | uint16(blocks[i/32*18+1])<<8)))
		e := float64(v) - float64(back[i])
		if most := step * 0.5001; math.Abs(e) > most && math.Abs(float64(back[i])) < 7*step*0.999 || math.Abs(e) > step*1.01 {
			t.Errorf("element %d is %v, was %v, in steps of %v", i, back[i], v, step)
		}
		whole, lost = whole+float64(v)*float64(v), lost+e*e
	}
	if math.Abs(float64(s.Whole)-whole) > 1e-4*whole || math.Abs(float64(s.Lost)-lost) > 1e-4*lost {
		t.Errorf("squares are %v, want %v and %v", s, whole, lost)
	}
	if lost > whole/64 {
		t.Errorf("%v of %v is lost", lost, whole)
	}
	tooLarge := make([]float32, 32)
	tooLarge[3] = math.MaxFloat32
	if s := QuantizeQ4_0(blocks[:18], tooLarge); s.Lost <= math.MaxFloat32 {
		t.Errorf("a block that is too large: %v", s)
	}
}

func TestNorm(t *testing.T) {
	var q Q8
	q.Quantize(kerneltest.Normal(3*96, 0, 1), 3, 96)
	row := make([]float32, 96)
	for r := range 3 {
		q.Dequantize(row, r)
		sum := 0.0
		for _, v := range row {
			sum += float64(v) * float64(v)
		}
		if want := math.Sqrt(sum); q.Norm(r) < want*(1-1e-7) || q.Norm(r) > want*(1+1e-6) {
			t.Errorf("the norm of row %d is %v, want %v", r, q.Norm(r), want)
		}
	}
}

func BenchmarkQuantizeQ4_0(b *testing.B) {
	x, dst := kerneltest.Normal(4096, 0, 1), make([]byte, Q4_0.Bytes(4096))
	var whole, lost [8]float32
	for _, v := range variants {
		b.Run(v.name, func(b *testing.B) {
			b.SetBytes(4 * 4096)
			for b.Loop() {
				v.four(dst, x, &whole, &lost)
			}
		})
	}
}
