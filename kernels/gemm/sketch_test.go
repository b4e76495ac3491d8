package gemm

import (
	"math"
	"testing"

	"github.com/qwen-agent/qwen-agent/kernels/kerneltest"
	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

func draw(w *Matrix) *Sketch {
	s := &Sketch{Packed{quant.Q4_0, w.Rows, w.Cols, make([]byte, SketchSize(w.Rows, w.Cols))}, make([]float32, w.Rows)}
	for r := 0; r < w.Rows; r += 16 {
		s.Draw(w, r, min(r+16, w.Rows))
	}
	return s
}

// TestSketch holds the products of sketches to their bound, and the bound to what can be expected of 4 bits.
func TestSketch(t *testing.T) {
	for typ := range sketched {
		t.Run(typ.String(), func(t *testing.T) {
			for _, cols := range []int{256, 768, 2048} {
				w := random(typ, 37, cols, 0, uint64(cols))
				s := draw(w)
				for seed := range uint64(20) {
					x := activations(1, cols, seed)
					for r := range w.Rows {
						checkBound(t, w, s, r, x, 0)
					}
				}
				for r := range w.Rows { // the worst that there is: the difference itself
					nearly := 0.9
					if typ == quant.Q4_0 { // there is none
						nearly = 0
					}
					checkBound(t, w, s, r, difference(w, s, r), nearly)
				}
			}
		})
	}
}

// difference returns activations in the direction in which row r of a sketch is off.
func difference(w *Matrix, s *Sketch, r int) *quant.Q8 {
	a, b, blocks := make([]float32, w.Cols), make([]float32, w.Cols), make([]byte, quant.Q4_0.Bytes(w.Cols))
	quant.Dequantize(a, w.Type, w.Row(r))
	s.Row(blocks, r)
	quant.Dequantize(b, quant.Q4_0, blocks)
	for i := range a {
		a[i] -= b[i]
	}
	x := new(quant.Q8)
	x.Quantize(a, 1, w.Cols)
	return x
}

// checkBound wants row r to be off by at most the bound, and by at least a part of it.
func checkBound(t *testing.T, w *Matrix, s *Sketch, r int, x *quant.Q8, part float64) {
	t.Helper()
	exact, rough := make([]float32, w.Rows), make([]float32, w.Rows)
	Mul(exact, w.Rows, w, 0, w.Rows, x)
	MulPacked(rough, w.Rows, &s.Packed, 0, w.Rows, x)
	most := float64(s.Radius[r])*x.Norm(0) + Slack
	if off := math.Abs(float64(exact[r]) - float64(rough[r])); !(off <= most) || off < part*most {
		t.Fatalf("row %d of (%d, %d) %v: off by %v, want %v to 1 of %v", r, w.Rows, w.Cols, w.Type, off, part, most)
	}
}

// TestSketchOfNothing has rows without numbers, and with numbers that are none.
func TestSketchOfNothing(t *testing.T) {
	w := &Matrix{quant.Q8_0, 9, 64, make([]byte, 9*68)}
	s := draw(w)
	if r := s.Radius[3]; !(r >= 0 && r < 1e-20) {
		t.Errorf("the radius of zeros is %v", r)
	}
	w.Data[3*68], w.Data[3*68+1], w.Data[3*68+2] = 0xff, 0x7f, 1 // the scale is NaN
	if r := draw(w).Radius[3]; r <= math.MaxFloat32 {
		t.Errorf("the radius of NaN is %v", r)
	}
}

// TestMulRows compares with Mul, bit for bit.
func TestMulRows(t *testing.T) {
	for _, typ := range blockTypes {
		w, x := random(typ, 50, 512, 0, 1), activations(3, 512, 2)
		all := make([]float32, 3*50)
		Mul(all, 50, w, 0, 50, x)
		var g Gather
		for _, ids := range [][]int32{{}, {49}, {3, 3, 0}, {7, 6, 5, 4, 3, 2, 1, 0}, {1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21}} {
			for row := range 3 {
				got, want := kerneltest.NewGuarded(len(ids), 1), make([]float32, len(ids))
				for i, id := range ids {
					want[i] = all[row*50+int(id)]
				}
				g.MulRows(got.Data, w, ids, x, row)
				kerneltest.Equal(t, got.Data, want)
				got.Check(t)
			}
		}
	}
}

// FuzzSketch sketches weights of arbitrary bytes: a bound that is finite holds.
func FuzzSketch(f *testing.F) {
	f.Add(uint8(0), []byte("weights"), []byte("activations"))
	f.Add(uint8(1), []byte{0xff, 0x7b, 0x80, 0, 1}, []byte{0, 0x80, 0x7f})
	types := []quant.Type{quant.Q8_0, quant.Q6_K, quant.Q5_0, quant.Q4_0}
	f.Fuzz(func(t *testing.T, kind uint8, weights, activations []byte) {
		const cols, rows = 256, 9
		w := &Matrix{types[int(kind)%len(types)], rows, cols, nil}
		w.Data = repeat(weights, rows*w.Type.Bytes(cols))
		s := draw(w)
		x := make([]float32, cols)
		for i, b := range repeat(activations, len(x)) {
			x[i] = float32(int8(b))
		}
		q := new(quant.Q8)
		q.Quantize(x[:cols], 1, cols)
		for r := range rows {
			if s.Radius[r] <= math.MaxFloat32 {
				checkBound(t, w, s, r, q, 0)
			}
		}
	})
}

func BenchmarkDraw(b *testing.B) {
	for _, typ := range []quant.Type{quant.Q8_0, quant.Q6_K} {
		w := random(typ, 64, 1536, 0, 1)
		s := draw(w)
		b.Run(typ.String(), func(b *testing.B) {
			b.SetBytes(int64(len(w.Data)))
			for b.Loop() {
				s.Draw(w, 0, w.Rows)
			}
		})
	}
}
