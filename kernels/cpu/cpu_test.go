package cpu

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"go.uber.org/goleak"

	"github.com/qwen-agent/qwen-agent/kernels"
	"github.com/qwen-agent/qwen-agent/kernels/devicetest"
	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

func TestDevice(t *testing.T) {
	defer goleak.VerifyNone(t)
	for _, threads := range []int{1, 2, 3} {
		t.Run(fmt.Sprintf("threads=%d", threads), func(t *testing.T) {
			d := New(threads)
			defer d.Close()
			devicetest.Test(t, d)
		})
	}
}

// TestIndependence checks that a row of a product has the same bits whatever stands beside
// it and however many workers there are.
func TestIndependence(t *testing.T) {
	const rows, cols, outs = 70, 512, 300
	rng := rand.New(rand.NewPCG(1, 2))
	for _, typ := range []quant.Type{quant.F32, quant.Q5_0, quant.Q4_K, quant.Q6_K, quant.Q8_0} {
		table := devicetest.Blocks(quant.F32, rows*cols, rng)
		data := devicetest.Blocks(typ, outs*cols, rng)
		product := func(threads int, ids []int32) [][]float32 {
			d := New(threads)
			defer d.Close()
			e, err := d.Weight(quant.F32, rows, cols, table)
			if err != nil {
				t.Fatal(err)
			}
			w, err := d.Weight(typ, outs, cols, data)
			if err != nil {
				t.Fatal(err)
			}
			x, _ := d.Buffer(len(ids), cols)
			y, _ := d.Buffer(len(ids), outs)
			d.Embed(x, e, ids)
			d.Linear(x, kernels.Output{Dst: y, Weight: w})
			out := make([][]float32, len(ids))
			for i := range out {
				out[i] = make([]float32, outs)
				if err := d.Read(out[i], y, i); err != nil {
					t.Fatal(err)
				}
			}
			return out
		}
		ids := make([]int32, rows)
		for i := range ids {
			ids[i] = int32(i)
		}
		all := product(1, ids)
		for _, threads := range []int{1, 2, 4} {
			for i, id := range []int32{0, 37, 69} {
				for j, v := range product(threads, []int32{id, 5, 6}[:1+i])[0] {
					if v != all[id][j] {
						t.Fatalf("%v, %d threads: row %d, element %d is %v alone and %v among others", typ, threads, id, j, v, all[id][j])
					}
				}
			}
		}
	}
}

func TestBadWeight(t *testing.T) {
	d := New(1)
	defer d.Close()
	for _, test := range []struct {
		typ              quant.Type
		rows, cols, size int
	}{
		{quant.Q8_0, 2, 33, 100}, {quant.Q8_0, 2, 32, 67}, {quant.F32, 1, 3, 13}, {99, 1, 32, 32}, {quant.Q4_K, 1, 32, 144},
	} {
		if _, err := d.Weight(test.typ, test.rows, test.cols, make([]byte, test.size)); err == nil {
			t.Errorf("%v: no error", test)
		}
	}
}

// TestWatch ends a context in the middle of a product: the rest is left undone.
func TestWatch(t *testing.T) {
	const rows, cols, outs = 64, 1024, 4096
	d := New(2)
	defer d.Close()
	w, err := d.Weight(quant.Q8_0, outs, cols, devicetest.Blocks(quant.Q8_0, outs*cols, rand.New(rand.NewPCG(1, 1))))
	if err != nil {
		t.Fatal(err)
	}
	x, _ := d.Buffer(rows, cols)
	y, _ := d.Buffer(rows, outs)
	for i := range rows * cols {
		x.(*buffer).data[i] = 1
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d.Watch(ctx)
	d.Linear(x, kernels.Output{Dst: y, Weight: w})
	if err := d.Sync(); !errors.Is(err, context.Canceled) {
		t.Fatalf("error is %v", err)
	}
	if slices.ContainsFunc(y.(*buffer).data, func(v float32) bool { return v != 0 }) {
		t.Error("a product that nobody wants was computed")
	}
	d.Linear(x, kernels.Output{Dst: y, Weight: w})
	if err := d.Sync(); err != nil || y.(*buffer).data[0] == 0 {
		t.Errorf("the next product: %v, %v", y.(*buffer).data[0], err)
	}
}
