package cpu

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/qwen-agent/qwen-agent/kernels/devicetest"
	"github.com/qwen-agent/qwen-agent/kernels/gemm"
	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

// made returns a device with a weight, and activations of one row.
func made(t testing.TB, typ quant.Type, rows, cols int) (*Device, *weight, *buffer, *buffer) {
	t.Helper()
	d := New(2)
	t.Cleanup(func() { d.Close() })
	w, err := d.Weight(typ, rows, cols, devicetest.Blocks(typ, rows*cols, rand.New(rand.NewPCG(1, 1))))
	if err != nil {
		t.Fatal(err)
	}
	x, _ := d.Buffer(1, cols)
	y, _ := d.Buffer(1, rows)
	rng := rand.New(rand.NewPCG(2, 2))
	for i := range cols {
		x.(*buffer).data[i] = float32(rng.NormFloat64())
	}
	return d, w.(*weight), x.(*buffer), y.(*buffer)
}

// TestSketchIsMade counts when a sketch is begun and ready, and what is released on the way.
func TestSketchIsMade(t *testing.T) {
	if !gemm.PacksFaster() {
		t.Skip("plain Go multiplies no faster by a sketch")
	}
	const rows, cols = 3000, 256
	for _, typ := range []quant.Type{quant.Q8_0, quant.Q6_K, quant.Q5_0, quant.Q4_K} {
		d, w, x, y := made(t, typ, rows, cols)
		released := 0
		d.Release = func(data []byte) { released += len(data) }
		pays := typ == quant.Q8_0
		for i := range sketchAfter + sketchParts + 3 {
			d.Estimate(y, x, w)
			if begun, ready := pays && i >= sketchAfter, pays && i >= sketchAfter+sketchParts-1; (w.sketch != nil) != begun || w.sketch.ready() != ready || (y.sketch != nil) != ready {
				t.Fatalf("%v, time %d: begun %v, ready %v", typ, i, w.sketch != nil, w.sketch.ready())
			}
		}
		if released != len(w.Data) || (w.packed != nil) == pays {
			t.Errorf("%v: released %d bytes of %d, packed %v", typ, released, len(w.Data), w.packed != nil)
		}
		ids := []int32{1, 2}
		if n := testing.AllocsPerRun(10, func() {
			d.Estimate(y, x, w)
			if _, err := d.Greatest(y.data, nil, x, w, 0, 0, ids); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%v: %v allocations", typ, n)
		}
	}
}

// TestFewAreComputed has products that differ so much that few rows can be among the greatest.
func TestFewAreComputed(t *testing.T) {
	const rows, cols = 4096, 512
	d, w, x, y := made(t, quant.Q8_0, rows, cols)
	row := make([]float32, cols)
	quant.Dequantize(row, w.Type, w.Row(1234))
	for i, v := range row { // in the direction of one row, which stands out then
		x.data[i] += 100 * v
	}
	for range sketchAfter + sketchParts {
		d.Estimate(y, x, w)
	}
	got := make([]float32, rows)
	if _, err := d.Greatest(got, y, x, w, 0, 1, nil); err != nil {
		t.Fatal(err)
	}
	computed := 0
	for _, v := range got {
		if v != none {
			computed++
		}
	}
	if gemm.PacksFaster() && computed > 20 || got[1234] == none {
		t.Errorf("%d of %d rows are computed, row 1234 is %v", computed, rows, got[1234])
	}
}

// TestUnsketchable has a row whose scale is NaN: products are computed as they are.
func TestUnsketchable(t *testing.T) {
	d, w, x, y := made(t, quant.Q8_0, 1000, 256)
	w.Data[500*w.Type.Bytes(256)], w.Data[500*w.Type.Bytes(256)+1] = 0xff, 0x7f
	for range sketchAfter + sketchParts + 1 {
		d.Estimate(y, x, w)
	}
	got := make([]float32, 1000)
	if floor, err := d.Greatest(got, y, x, w, 0, 1, nil); err != nil || !math.IsInf(float64(floor), -1) || !math.IsNaN(float64(got[500])) || w.sketch != nil {
		t.Errorf("floor %v, error %v, row 500 is %v", floor, err, got[500])
	}
}

func BenchmarkGreatest(b *testing.B) {
	d, w, x, y := made(b, quant.Q8_0, 151936, 896)
	for range sketchAfter + sketchParts {
		d.Estimate(y, x, w)
	}
	got := make([]float32, y.cols)
	for name, k := range map[string]int{"k=1": 1, "k=20": 20} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := d.Greatest(got, y, x, w, 0, k, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("estimate", func(b *testing.B) {
		b.SetBytes(int64(gemm.SketchSize(w.Rows(), w.Cols())))
		for b.Loop() {
			d.Estimate(y, x, w)
		}
	})
}
