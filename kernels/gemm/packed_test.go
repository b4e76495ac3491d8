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
				for i, cols := range []int{elems, 3 * elems, 1024 + elems, 2048} {
					for _, rows := range []int{1, 7, 8, 9, 17} {
						w := random(typ, rows, cols, rows%4, uint64(rows))
						for _, tokens := range []int{1, 2, 3, 4, 5, 7, 8, 10} {
							comparePacked(t, v, w, 0, rows, activations(tokens, cols, uint64(i)))
						}
					}
				}
				w := random(typ, 18, 512, 0, 5)
				for r0 := range w.Rows + 1 {
					for r1 := r0; r1 <= w.Rows; r1++ {
						comparePacked(t, v, w, r0, r1, activations(1, 512, 1))
						comparePacked(t, v, w, r0, r1, activations(6, 512, 2))
					}
				}
			})
		}
	}
}

// comparePacked multiplies by v and by the meaning of Mul.
func comparePacked(t *testing.T, v implementation, w *Matrix, r0, r1 int, x *quant.Q8) {
	t.Helper()
	p := newPacked(w, 1)
	packRef(p, w, 0, w.Rows)
	stride := w.Rows + 3
	got := kerneltest.NewGuarded((x.Rows-1)*stride+w.Rows, 1)
	want := append([]float32(nil), got.Data...) // what is not asked for must stay
	v.mulPacked(got.Data, stride, p, r0, r1, x)
	mulRef(want, stride, w, r0, r1, x)
	kerneltest.Equal(t, got.Data, want)
	got.Check(t)
	if t.Failed() {
		t.Fatalf("rows %d to %d of (%d, %d), %d tokens", r0, r1, w.Rows, w.Cols, x.Rows)
	}
}

// TestMulPackedManyTokens has more tokens than are taken before weights are unpacked again.
func TestMulPackedManyTokens(t *testing.T) {
	for _, v := range variants {
		for _, tokens := range []int{255, 256, 257, 259, 260, 514} {
			t.Run(fmt.Sprintf("%s/%d", v.name, tokens), func(t *testing.T) {
				comparePacked(t, v, random(quant.Q5_0, 17, 96, 0, 1), 0, 17, activations(tokens, 96, 1))
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
