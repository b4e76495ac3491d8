package gemm

import (
	"encoding/binary"
	"fmt"
	"math"
	"testing"

	"github.com/qwen-agent/qwen-agent/kernels/half"
	"github.com/qwen-agent/qwen-agent/kernels/kerneltest"
	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

var blockTypes = []quant.Type{quant.Q4_0, quant.Q4_1, quant.Q5_0, quant.Q5_1, quant.Q8_0, quant.Q4_K, quant.Q5_K, quant.Q6_K}

// halves lists where the float16 numbers of a block lie.
var halves = map[quant.Type][]int{
	quant.Q4_0: {0}, quant.Q4_1: {0, 2}, quant.Q5_0: {0}, quant.Q5_1: {0, 2}, quant.Q8_0: {0},
	quant.Q4_K: {0, 2}, quant.Q5_K: {0, 2}, quant.Q6_K: {208},
}

// random returns a matrix whose integers take all values and whose scales are ordinary.
func random(t quant.Type, rows, cols, off int, seed uint64) *Matrix {
	data := kerneltest.Bytes(rows*t.Bytes(cols), off, seed)
	d := kerneltest.Normal(2*len(data), 0, seed)
	_, size := t.Block()
	for b := 0; b < len(data); b += size {
		for i, at := range halves[t] {
			binary.LittleEndian.PutUint16(data[b+at:], half.FromFloat32(0.01*d[b/size*2+i]))
		}
	}
	return &Matrix{t, rows, cols, data}
}

func activations(rows, cols int, seed uint64) *quant.Q8 {
	x := new(quant.Q8)
	x.Quantize(kerneltest.Normal(rows*cols, 0, seed), rows, cols)
	return x
}

// TestMul compares every variant with the meaning, bit for bit: for widths with and without whole
// chunks, numbers of rows with every tail, and every number of tokens up to more than two tiles.
func TestMul(t *testing.T) {
	for _, v := range variants {
		for _, typ := range blockTypes {
			t.Run(v.name+"/"+typ.String(), func(t *testing.T) {
				elems, _ := typ.Block()
				for i, cols := range []int{elems, 3 * elems, 1024, 1024 + elems, 2048} {
					for _, rows := range []int{1, 4, 7, 8, 9, 11, 15, 16, 17} {
						w := random(typ, rows, cols, rows%4, uint64(rows))
						for _, tokens := range []int{1, 2, 3, 4, 5, 7, 8, 10} {
							compare(t, v, w, 0, rows, activations(tokens, cols, uint64(i)))
						}
					}
				}
			})
		}
	}
}

// compare multiplies rows r0 to r1 by v and by the meaning.
func compare(t *testing.T, v implementation, w *Matrix, r0, r1 int, x *quant.Q8) {
	t.Helper()
	stride := w.Rows + 3
	got := kerneltest.NewGuarded((x.Rows-1)*stride+w.Rows, 1)
	want := append([]float32(nil), got.Data...) // what is not asked for must stay
	v.mul(got.Data, stride, w, r0, r1, x)
	mulRef(want, stride, w, r0, r1, x)
	kerneltest.Equal(t, got.Data, want)
	got.Check(t)
	if t.Failed() {
		t.Fatalf("rows %d to %d of (%d, %d), %d tokens", r0, r1, w.Rows, w.Cols, x.Rows)
	}
}

// TestMulParts asks for every range of rows.
func TestMulParts(t *testing.T) {
	for _, v := range variants {
		for _, typ := range blockTypes {
			t.Run(v.name+"/"+typ.String(), func(t *testing.T) {
				w := random(typ, 18, 512, 0, 5)
				for r0 := range w.Rows + 1 {
					for r1 := r0; r1 <= w.Rows; r1++ {
						compare(t, v, w, r0, r1, activations(1, 512, 1))
						compare(t, v, w, r0, r1, activations(6, 512, 2))
					}
				}
			})
		}
	}
}

// TestMulManyTokens has more tokens than are taken before weights are unpacked again.
func TestMulManyTokens(t *testing.T) {
	for _, v := range variants {
		for _, tokens := range []int{255, 256, 257, 259, 260, 514} {
			t.Run(fmt.Sprintf("%s/%d", v.name, tokens), func(t *testing.T) {
				compare(t, v, random(quant.Q5_0, 17, 96, 0, 1), 0, 17, activations(tokens, 96, 1))
			})
		}
	}
}

// TestMulExtremes has the integers that come closest to overflowing, and scales at the ends of float16.
func TestMulExtremes(t *testing.T) {
	for _, v := range variants {
		for _, typ := range blockTypes {
			t.Run(v.name+"/"+typ.String(), func(t *testing.T) {
				const cols = 512
				for _, fill := range []byte{0x00, 0x7f, 0x80, 0x81, 0xff} {
					w := random(typ, 17, cols, 0, 1)
					_, size := typ.Block()
					for i := range w.Data {
						w.Data[i] = fill
					}
					for b := 0; b < len(w.Data); b += size {
						for _, at := range halves[typ] {
							d := []uint16{0x0001, 0x03ff, 0x0400, 0x3c00, 0x7bff, 0xfbff, 0x8000}[b/size%7]
							binary.LittleEndian.PutUint16(w.Data[b+at:], d)
						}
					}
					for _, f := range []func(i int) float32{
						func(int) float32 { return 1 },
						func(int) float32 { return -1 },
						func(i int) float32 { return float32(1 - i%2*2) },
						func(int) float32 { return 0 },
						func(i int) float32 { return float32(math.Ldexp(1, i%200-100)) },
					} {
						x := make([]float32, 9*cols)
						for i := range x {
							x[i] = f(i)
						}
						q := new(quant.Q8)
						q.Quantize(x[:cols], 1, cols)
						compare(t, v, w, 0, w.Rows, q)
						q.Quantize(x, 9, cols)
						compare(t, v, w, 0, w.Rows, q)
						comparePacked(t, v, w, q, 9, 5, 1)
					}
				}
			})
		}
	}
}

// TestMeaning compares the meaning with dequantised weights and activations in float64.
func TestMeaning(t *testing.T) {
	for _, typ := range blockTypes {
		t.Run(typ.String(), func(t *testing.T) {
			const rows, cols, tokens = 5, 1280, 3
			w, x := random(typ, rows, cols, 0, 3), activations(tokens, cols, 4)
			got := make([]float32, tokens*rows)
			mulRef(got, rows, w, 0, rows, x)
			want := make([]float32, len(got))
			a, b := make([]float32, cols), make([]float32, cols)
			var scale float64 // of the terms: the error is relative to them, not to their sum
			for r := range rows {
				quant.Dequantize(a, typ, w.Row(r))
				for k := range tokens {
					x.Dequantize(b, k)
					sum, size := 0.0, 0.0
					for i := range a {
						sum += float64(a[i]) * float64(b[i])
						size += math.Abs(float64(a[i]) * float64(b[i]))
					}
					want[k*rows+r], scale = float32(sum), max(scale, size)
				}
			}
			kerneltest.Near(t, got, want, 1e-6*scale)
		})
	}
}

func TestMulF32(t *testing.T) {
	for _, v := range variants {
		for _, typ := range []quant.Type{quant.F32, quant.F16, quant.BF16} {
			t.Run(v.name+"/"+typ.String(), func(t *testing.T) {
				for cols := 1; cols <= 130; cols++ {
					const rows, tokens = 3, 2
					w := &Matrix{typ, rows, cols, floatBytes(typ, kerneltest.Normal(rows*cols, 0, 1))}
					x := kerneltest.Normal(tokens*cols, 1, 2)
					got, want := kerneltest.NewGuarded(tokens*rows, 0), make([]float32, tokens*rows)
					v.mulF32(got.Data, rows, w, 0, rows, x, tokens)
					mulF32Ref(want, rows, w, 0, rows, x, tokens)
					kerneltest.Equal(t, got.Data, want)
					got.Check(t)
				}
			})
		}
	}
}

func floatBytes(t quant.Type, x []float32) []byte {
	var b []byte
	for _, v := range x {
		switch t {
		case quant.F32:
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		case quant.F16:
			b = binary.LittleEndian.AppendUint16(b, half.FromFloat32(v))
		case quant.BF16:
			b = binary.LittleEndian.AppendUint16(b, uint16(math.Float32bits(v)>>16))
		}
	}
	return b
}

func TestMulRefuses(t *testing.T) {
	good := func() (*Matrix, *quant.Q8) { return random(quant.Q8_0, 4, 64, 0, 1), activations(2, 64, 1) }
	for name, f := range map[string]func(){
		"short matrix": func() { w, x := good(); w.Data = w.Data[1:]; Mul(make([]float32, 8), 4, w, 0, 4, x) },
		"unknown type": func() { w, x := good(); w.Type = 99; Mul(make([]float32, 8), 4, w, 0, 4, x) },
		"float weights": func() {
			_, x := good()
			Mul(make([]float32, 2), 1, &Matrix{quant.F32, 1, 64, make([]byte, 256)}, 0, 1, x)
		},
		"other width":   func() { w, _ := good(); Mul(make([]float32, 8), 4, w, 0, 4, activations(2, 32, 1)) },
		"row after end": func() { w, x := good(); Mul(make([]float32, 10), 5, w, 0, 5, x) },
		"short dst":     func() { w, x := good(); Mul(make([]float32, 7), 4, w, 0, 4, x) },
		"narrow dst":    func() { w, x := good(); Mul(make([]float32, 8), 3, w, 0, 4, x) },
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
