package cpu

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/qwen-agent/qwen-agent/kernels"
	"github.com/qwen-agent/qwen-agent/kernels/devicetest"
	"github.com/qwen-agent/qwen-agent/kernels/gemm"
	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

// TestPackedWeights multiplies by weights of every type, packed and as they are in a file: the same bits,
// and each byte released once, if at all.
func TestPackedWeights(t *testing.T) {
	for _, typ := range quant.Types {
		t.Run(typ.String(), func(t *testing.T) {
			d := New(3)
			defer d.Close()
			released := 0
			d.Release = func(data []byte) { released += len(data) }
			for _, rows := range []int{2, 100, 1000} {
				const cols = 512
				var data []byte
				if elems, _ := typ.Block(); elems > 1 {
					data = devicetest.Blocks(typ, rows*cols, rand.New(rand.NewPCG(1, 1)))
				} else {
					data = make([]byte, typ.Bytes(rows*cols))
				}
				made, err := d.Weight(typ, rows, cols, data)
				if err != nil {
					t.Fatal(err)
				}
				w, plain := made.(*weight), *made.(*weight)
				plain.unpackable = true
				x, _ := d.Buffer(5, cols)
				for i := range 5 * cols {
					x.(*buffer).data[i] = float32(i%37) - 18
				}
				if rows == 100 {
					d.Prepare(w)
				}
				for _, add := range []bool{false, true, false} {
					got, _ := d.Buffer(5, rows)
					want, _ := d.Buffer(5, rows)
					d.Linear(x, kernels.Output{Dst: got, Weight: w, Add: add})
					d.Linear(x, kernels.Output{Dst: want, Weight: &plain, Add: add})
					if !slices.Equal(got.(*buffer).data, want.(*buffer).data) {
						t.Fatalf("%d rows, add %v: other products", rows, add)
					}
				}
				size := 0
				if w.quantized() && rows >= gemm.PackedRows && gemm.PacksFaster() {
					size = len(data)
				}
				if released != size || (w.packed != nil) != (size > 0) {
					t.Fatalf("%d rows: packed %v, released %d bytes, want %d", rows, w.packed != nil, released, size)
				}
				released = 0
			}
		})
	}
}

func TestMemory(t *testing.T) {
	var m memory
	defer m.free()
	for i, size := range []int{1, 64, 100, blockSize - 1000, blockSize + 1, 5} {
		b := m.take(size)
		if len(b) != size || cap(b) != size {
			t.Fatalf("%d bytes: got %d of %d", size, len(b), cap(b))
		}
		for j := range b {
			if b[j] != 0 {
				t.Fatalf("piece %d overlaps another", i)
			}
			b[j] = 1
		}
	}
}
