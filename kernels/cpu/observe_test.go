package cpu

import (
	"math/rand/v2"
	"testing"

	"github.com/qwen-agent/qwen-agent/kernels"
	"github.com/qwen-agent/qwen-agent/kernels/devicetest"
	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

func TestObserve(t *testing.T) {
	const rows, cols, outs = 3, 512, 1000
	d := New(2)
	defer d.Close()
	var seen []kernels.Work
	d.Observe = func(w kernels.Work) { seen = append(seen, w) }
	w, err := d.Weight(quant.Q8_0, outs, cols, devicetest.Blocks(quant.Q8_0, outs*cols, rand.New(rand.NewPCG(1, 1))))
	if err != nil {
		t.Fatal(err)
	}
	x, _ := d.Buffer(rows, cols)
	y, _ := d.Buffer(rows, outs)
	for range 2 {
		d.Linear(x, kernels.Output{Dst: y, Weight: w})
	}
	c, err := d.Cache(kernels.CacheShape{Type: quant.F16, Layers: 2, Pages: 2, Heads: 2, Tokens: 16, Dim: 64})
	if err != nil {
		t.Fatal(err)
	}
	k, _ := d.Buffer(rows, 2*64)
	out, _ := d.Buffer(rows, cols)
	spans := []kernels.Span{{Len: rows, Pos: 14, Pages: []int32{1, 0}}}
	d.Append(c, 1, k, k, spans)
	d.Attend(out, x, c, 1, spans)
	count := map[string]int{}
	for _, w := range seen {
		count[w.Name]++
		var bytes, ops int64
		switch w.Name {
		case "product":
			bytes, ops = int64(quant.Q8_0.Bytes(outs*cols)), 2*rows*cols*outs
		case "attend":
			bytes = (14 + rows) * 2 * 2 * 64 * 2
		}
		if w.Bytes != bytes || w.Ops != ops || w.Wall <= 0 || w.Busy <= 0 || w.Busy > 2*w.Wall {
			t.Errorf("%+v, want %d bytes and %d operations", w, bytes, ops)
		}
	}
	if count["quantize"] != 2 || count["product"] != 2 || count["append"] != 1 || count["attend"] != 1 {
		t.Errorf("steps %v", count)
	}
}
