package gemm

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/qwen-agent/qwen-agent/kernels/kerneltest"
	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

func newPacked(w *Matrix, off int) *Packed {
	return &Packed{w.Type, w.Rows, w.Cols, kerneltest.Bytes(PackedSize(w.Type, w.Rows, w.Cols), off, 7)}
}

func packedOf(w *Matrix) *Packed {
	p := newPacked(w, 1)
	packRef(p, w, 0, w.Rows)
	return p
}

// product is the meaning of Mul, in rows of three elements more than needed.
func product(w *Matrix, x *quant.Q8) []float32 {
	out := make([]float32, x.Rows*(w.Rows+3))
	mulRef(out, w.Rows+3, w, 0, w.Rows, x)
	return out
}

// TestPack packs in one go and in parts, and restores each row.
func TestPack(t *testing.T) {
	for _, v := range variants {
		for _, typ := range blockTypes {
			t.Run(v.name+"/"+typ.String(), func(t *testing.T) {
				elems, _ := typ.Block()
				for _, cols := range []int{0, elems, 3 * elems, 1024} {
					for _, rows := range []int{1, 7, 8, 9, 16, 21} {
						w := random(typ, rows, cols, rows%4, uint64(rows))
						want := newPacked(w, 0)
						packRef(want, w, 0, rows)
						for _, step := range []int{8, 16, 24} {
							p := newPacked(w, rows%5)
							for r := 0; r < rows; r += step {
								v.pack(p, w, r, min(r+step, rows))
							}
							if !bytes.Equal(p.Data, want.Data) {
								t.Fatalf("(%d, %d) in steps of %d differs from the meaning", rows, cols, step)
							}
						}
						row := make([]byte, w.rowBytes())
						for r := range rows {
							if want.Row(row, r); !bytes.Equal(row, w.Row(r)) {
								t.Fatalf("row %d of (%d, %d) is not restored", r, rows, cols)
							}
						}
					}
				}
			})
		}
	}
}

// TestMulPacked compares with the meaning of Mul on the rows as they are in a file, bit for bit.
func TestMulPacked(t *testing.T) {
	for _, v := range variants {
		for _, typ := range blockTypes {
			t.Run(v.name+"/"+typ.String(), func(t *testing.T) {
				elems, _ := typ.Block()
				for i, cols := range []int{elems, 3 * elems, 1024 + elems} {
					for _, rows := range []int{1, 7, 8, 9, 15, 16, 17, 24, 33, 71} {
						w := random(typ, rows, cols, rows%4, uint64(rows))
						comparePacked(t, v, w, activations(37, cols, uint64(i)), 1, 2, 3, 4, 5, 7, 8, 9, 12, 19, 33, 37)
					}
				}
			})
		}
	}
}

// comparePacked multiplies all rows with the first rows of x, for several numbers of these, by v and by the
// meaning of Mul.
func comparePacked(t *testing.T, v implementation, w *Matrix, x *quant.Q8, tokens ...int) {
	t.Helper()
	p, want := packedOf(w), product(w, x)
	for _, n := range tokens {
		comparePart(t, v, p, 0, w.Rows, x, n, want)
	}
}

// comparePart does so with rows r0 to r1 and n rows of x, whose product with all rows is want.
func comparePart(t *testing.T, v implementation, p *Packed, r0, r1 int, x *quant.Q8, n int, want []float32) {
	t.Helper()
	stride, part := p.Rows+3, *x
	part.Rows = n
	part.Data, part.Scale = x.Data[:n*x.Cols], x.Scale[:n*x.Cols/quant.Q8Block]
	part.Sum, part.Half = x.Sum[:len(part.Scale)], x.Half[:2*len(part.Scale)]
	got := kerneltest.NewGuarded((n-1)*stride+p.Rows, 1)
	all := append([]float32(nil), got.Data...) // what is not asked for must stay
	for i := range n {
		copy(all[i*stride+r0:i*stride+r1], want[i*stride+r0:])
	}
	v.mulPacked(got.Data, stride, p, r0, r1, &part)
	kerneltest.Equal(t, got.Data, all)
	got.Check(t)
	if t.Failed() {
		t.Fatalf("rows %d to %d of (%d, %d), %d tokens", r0, r1, p.Rows, p.Cols, n)
	}
}

// TestMulPackedParts asks for every range of rows.
func TestMulPackedParts(t *testing.T) {
	for _, v := range variants {
		for _, typ := range blockTypes {
			t.Run(v.name+"/"+typ.String(), func(t *testing.T) {
				w, x := random(typ, 34, 256, 0, 5), activations(9, 256, 2)
				p, want := packedOf(w), product(w, x)
				for r0 := range w.Rows + 1 {
					for r1 := r0; r1 <= w.Rows; r1++ {
						comparePart(t, v, p, r0, r1, x, 1, want)
						comparePart(t, v, p, r0, r1, x, 9, want)
					}
				}
			})
		}
	}
}

// TestMulPackedManyTokens has more tokens than are taken before weights are unpacked again.
func TestMulPackedManyTokens(t *testing.T) {
	for _, v := range variants {
		for _, tokens := range []int{255, 256, 257, 259, 260, 514} {
			t.Run(fmt.Sprintf("%s/%d", v.name, tokens), func(t *testing.T) {
				comparePacked(t, v, random(quant.Q5_0, 33, 96, 0, 1), activations(tokens, 96, 1), tokens)
			})
		}
	}
}

func TestPackedSlice(t *testing.T) {
	w, x := random(quant.Q6_K, 21, 512, 0, 1), activations(2, 512, 1)
	p := newPacked(w, 0)
	p.Pack(w, 0, 21)
	part := p.Slice(8, 21)
	got, want := make([]float32, 2*13), make([]float32, 2*21)
	MulPacked(got, 13, &part, 0, 13, x)
	Mul(want, 21, w, 0, 21, x)
	kerneltest.Equal(t, got[:13], want[8:21])
	kerneltest.Equal(t, got[13:], want[29:])
}

func TestPackedRefuses(t *testing.T) {
	good := func() (*Packed, *Matrix, *quant.Q8) {
		w := random(quant.Q8_0, 20, 64, 0, 1)
		return newPacked(w, 0), w, activations(2, 64, 1)
	}
	for name, f := range map[string]func(){
		"floats":           func() { PackedSize(quant.F16, 8, 64) },
		"short data":       func() { p, w, _ := good(); p.Data = p.Data[1:]; p.Pack(w, 0, 20) },
		"odd start":        func() { p, w, _ := good(); p.Pack(w, 4, 20) },
		"odd end":          func() { p, w, _ := good(); p.Pack(w, 0, 12) },
		"other shape":      func() { p, w, _ := good(); w.Rows, w.Data = 10, w.Data[:len(w.Data)/2]; p.Pack(w, 0, 8) },
		"product, width":   func() { p, _, _ := good(); MulPacked(make([]float32, 40), 20, p, 0, 20, activations(2, 32, 1)) },
		"product, rows":    func() { p, _, x := good(); MulPacked(make([]float32, 99), 24, p, 0, 24, x) },
		"product, dst":     func() { p, _, x := good(); MulPacked(make([]float32, 39), 20, p, 0, 20, x) },
		"slice, odd start": func() { p, _, _ := good(); p.Slice(1, 8) },
		"slice, end":       func() { p, _, _ := good(); p.Slice(8, 21) },
		"row after end":    func() { p, _, _ := good(); p.Row(make([]byte, 68), 20) },
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
