package devicetest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/qwen-agent/qwen-agent/kernels"
	"github.com/qwen-agent/qwen-agent/kernels/half"
	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

// Test compares each operation of a device with Naive, for one row and for many, for
// vectors of odd lengths, and for every type of weight.
func Test(t *testing.T, d kernels.Device) {
	h := &harness{t: t, device: d, naive: NewNaive()}
	for _, rows := range []int{1, 2, 7, 65} {
		for _, cols := range []int{8, 33, 300} {
			t.Run(fmt.Sprintf("rows=%d,cols=%d", rows, cols), func(t *testing.T) { h.sub(t).elementwise(rows, cols) })
		}
	}
	for _, typ := range quant.Types {
		for _, rows := range []int{1, 3, 9} {
			t.Run(fmt.Sprintf("linear,%v,rows=%d", typ, rows), func(t *testing.T) { h.sub(t).linear(typ, rows) })
		}
	}
	for _, typ := range []quant.Type{quant.F16, quant.Q4_0, quant.Q6_K, quant.Q8_0} {
		t.Run(fmt.Sprintf("greatest,%v", typ), func(t *testing.T) { h.sub(t).greatest(typ) })
	}
	for _, heads := range [][3]int{{4, 2, 16}, {14, 2, 64}, {3, 3, 8}} {
		t.Run(fmt.Sprintf("attention,%v", heads), func(t *testing.T) { h.sub(t).attention(quant.F16, heads[0], heads[1], heads[2]) })
	}
	for _, heads := range [][3]int{{4, 2, 32}, {14, 2, 64}} {
		t.Run(fmt.Sprintf("attention in q8,%v", heads), func(t *testing.T) { h.sub(t).attention(quant.Q8_0, heads[0], heads[1], heads[2]) })
	}
	t.Run("caches", func(t *testing.T) { h.sub(t).caches() })
	if err := d.Sync(); err != nil {
		t.Error(err)
	}
	t.Run("watch", func(t *testing.T) { h.sub(t).watch() })
}

type harness struct {
	t      *testing.T
	device kernels.Device
	naive  kernels.Device
	seed   uint64
}

func (h *harness) sub(t *testing.T) *harness {
	return &harness{t: t, device: h.device, naive: h.naive, seed: 1}
}

// pair is the same thing on both devices.
type pair struct{ device, naive kernels.Buffer }

type weights struct{ device, naive kernels.Weight }

func (h *harness) rng() *rand.Rand {
	h.seed++
	return rand.New(rand.NewPCG(h.seed, 7))
}

func must[T any](h *harness, v T, err error) T {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
	return v
}

// floats is a weight of normally distributed numbers.
func (h *harness) floats(rows, cols int) weights {
	h.t.Helper()
	rng, data := h.rng(), []byte(nil)
	for range rows * cols {
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(float32(rng.NormFloat64())))
	}
	return h.weight(quant.F32, rows, cols, data)
}

func (h *harness) weight(t quant.Type, rows, cols int, data []byte) weights {
	h.t.Helper()
	a, err := h.device.Weight(t, rows, cols, data)
	must(h, a, err)
	b, err := h.naive.Weight(t, rows, cols, data)
	return weights{a, must(h, b, err)}
}

// empty is a pair of buffers; they get their numbers from weights, as models do.
func (h *harness) empty(rows, cols int) pair {
	h.t.Helper()
	a, err := h.device.Buffer(rows, cols)
	must(h, a, err)
	b, err := h.naive.Buffer(rows, cols)
	return pair{a, must(h, b, err)}
}

func (h *harness) random(rows, cols int) pair {
	h.t.Helper()
	p, w := h.empty(rows, cols), h.floats(rows, cols)
	ids := make([]int32, rows)
	for i := range ids {
		ids[i] = int32(rows - 1 - i)
	}
	h.device.Embed(p.device, w.device, ids)
	h.naive.Embed(p.naive, w.naive, ids)
	return p
}

// near compares a pair within tolerance*(1+|want|).
func (h *harness) near(what string, p pair, tolerance float64) {
	h.t.Helper()
	if p.device.Rows() != p.naive.Rows() || p.device.Cols() != p.naive.Cols() {
		h.t.Fatalf("%s: shape (%d, %d), want (%d, %d)", what, p.device.Rows(), p.device.Cols(), p.naive.Rows(), p.naive.Cols())
	}
	got, want := make([]float32, p.device.Cols()), make([]float32, p.device.Cols())
	for r := range p.device.Rows() {
		if err := h.device.Read(got, p.device, r); err != nil {
			h.t.Fatal(err)
		}
		if err := h.naive.Read(want, p.naive, r); err != nil {
			h.t.Fatal(err)
		}
		for i := range got {
			if d := math.Abs(float64(got[i] - want[i])); !(d <= tolerance*(1+math.Abs(float64(want[i])))) {
				h.t.Fatalf("%s: element (%d, %d) is %v, want %v", what, r, i, got[i], want[i])
			}
		}
	}
}

func (h *harness) elementwise(rows, cols int) {
	x, y := h.random(rows, cols), h.random(rows, cols)
	h.near("Embed", x, 0)
	h.device.Add(x.device, y.device)
	h.naive.Add(x.naive, y.naive)
	h.near("Add", x, 1e-6)

	out, w := h.empty(rows, cols), h.floats(1, cols)
	h.device.Norm(out.device, x.device, w.device, 1e-6)
	h.naive.Norm(out.naive, x.naive, w.naive, 1e-6)
	h.near("Norm", out, 1e-5)
	h.device.Norm(x.device, x.device, w.device, 1e-6)
	h.naive.Norm(x.naive, x.naive, w.naive, 1e-6)
	h.near("Norm in place", x, 1e-5)

	h.device.SwiGLU(out.device, x.device, y.device)
	h.naive.SwiGLU(out.naive, x.naive, y.naive)
	h.near("SwiGLU", out, 1e-5)
	h.device.SwiGLU(x.device, x.device, y.device)
	h.naive.SwiGLU(x.naive, x.naive, y.naive)
	h.near("SwiGLU in place", x, 1e-5)

	picked := []int32{int32(rows - 1), 0}
	some := h.empty(5, cols)
	some.device.Resize(len(picked))
	some.naive.Resize(len(picked))
	h.device.Gather(some.device, x.device, picked)
	h.naive.Gather(some.naive, x.naive, picked)
	h.near("Gather", some, 1e-5)
	row := make([]float32, cols)
	row[cols/2] = 3
	h.device.Write(some.device, 1, row)
	h.naive.Write(some.naive, 1, row)
	h.near("Write", some, 1e-5)
}

// Blocks returns n elements of random blocks of a type, whose weights have a variance of
// about 1/100: random integers with scales that are about right for the format.
func Blocks(t quant.Type, n int, rng *rand.Rand) []byte {
	elems, size := t.Block()
	data := make([]byte, 0, n/elems*size)
	f16 := func(v float64) []byte { return binary.LittleEndian.AppendUint16(nil, half.FromFloat32(float32(v))) }
	for range n / elems {
		b := make([]byte, size)
		for i := range b {
			b[i] = byte(rng.Uint32())
		}
		scale := 1 + rng.Float64()
		v := 0.1 * rng.NormFloat64()
		switch t {
		case quant.F32:
			binary.LittleEndian.PutUint32(b, math.Float32bits(float32(v)))
		case quant.F16:
			copy(b, f16(v))
		case quant.BF16:
			binary.LittleEndian.PutUint16(b, uint16(math.Float32bits(float32(v))>>16))
		case quant.Q4_0:
			copy(b, f16(0.015*scale))
		case quant.Q4_1:
			copy(b, f16(0.015*scale))
			copy(b[2:], f16(-0.11*scale))
		case quant.Q5_0:
			copy(b, f16(0.0075*scale))
		case quant.Q5_1:
			copy(b, f16(0.0075*scale))
			copy(b[2:], f16(-0.11*scale))
		case quant.Q8_0:
			copy(b, f16(0.001*scale))
		case quant.Q4_K:
			copy(b, f16(0.0002*scale))
			copy(b[2:], f16(0.0015*scale))
		case quant.Q5_K:
			copy(b, f16(0.0001*scale))
			copy(b[2:], f16(0.0015*scale))
		case quant.Q6_K:
			copy(b[208:], f16(0.00005*scale))
		default:
			panic(fmt.Sprintf("devicetest: Blocks: type %v", t))
		}
		data = append(data, b...)
	}
	return data
}

// linear tries several weights at once, with a bias, without, and added to what was there.
func (h *harness) linear(typ quant.Type, rows int) {
	const cols = 256
	x := h.random(rows, cols)
	a := h.weight(typ, 100, cols, Blocks(typ, 100*cols, h.rng()))
	b := h.weight(typ, 203, cols, Blocks(typ, 203*cols, h.rng()))
	bias := h.floats(1, 100)
	h.device.Prepare(b.device)
	h.device.Prepare(bias.device)
	ya, yb, sum := h.empty(rows, 100), h.empty(rows, 203), h.random(rows, 100)
	h.device.Linear(x.device, kernels.Output{Dst: ya.device, Weight: a.device, Bias: bias.device}, kernels.Output{Dst: yb.device, Weight: b.device})
	h.naive.Linear(x.naive, kernels.Output{Dst: ya.naive, Weight: a.naive, Bias: bias.naive}, kernels.Output{Dst: yb.naive, Weight: b.naive})
	h.device.Linear(x.device, kernels.Output{Dst: sum.device, Weight: a.device, Bias: bias.device, Add: true})
	h.naive.Linear(x.naive, kernels.Output{Dst: sum.naive, Weight: a.naive, Bias: bias.naive, Add: true})
	tolerance := 1e-4
	if elems, _ := typ.Block(); elems > 1 {
		// Activations become integers of at most 127: for numbers up to about 3, each is off
		// by up to 0.012, which 256 weights of about 0.1 make a few hundredths.
		tolerance = 0.08
	}
	h.near("Linear with a bias", ya, tolerance)
	h.near("Linear", yb, tolerance)
	h.near("Linear, added", sum, tolerance)
}

// attention fills a cache with two sequences whose pages are mixed, in batches of several
// rows and of one, and compares what each row finds. Then one goes on in a copied page.
func (h *harness) attention(typ quant.Type, heads, kvHeads, dim int) {
	shape := kernels.CacheShape{Type: typ, Layers: 2, Pages: 9, Heads: kvHeads, Tokens: 16, Dim: dim}
	want := int64(2 * 2 * 9 * kvHeads * 16 * dim * 2) // of float16
	if typ == quant.Q8_0 {
		want = want / 64 * 34
	}
	if shape.Bytes() != want || int64(9*shape.PageBytes()) != want {
		h.t.Errorf("a cache of %d bytes, want %d", shape.Bytes(), want)
	}
	c1, err := h.device.Cache(shape)
	must(h, c1, err)
	c2, err := h.naive.Cache(shape)
	must(h, c2, err)
	r1, err := h.device.Rotation(dim, 64, 10000)
	must(h, r1, err)
	r2, err := h.naive.Rotation(dim, 64, 10000)
	must(h, r2, err)

	pagesA, pagesB := []int32{7, 0, 3}, []int32{1, 8}
	pass := func(what string, spans []kernels.Span) {
		rows := 0
		for i := range spans {
			spans[i].Row = rows
			rows += spans[i].Len
		}
		for layer := range shape.Layers {
			q, k, v := h.random(rows, heads*dim), h.random(rows, kvHeads*dim), h.random(rows, kvHeads*dim)
			out := h.empty(rows, heads*dim)
			h.device.Rope(q.device, r1, spans)
			h.naive.Rope(q.naive, r2, spans)
			h.device.Rope(k.device, r1, spans)
			h.naive.Rope(k.naive, r2, spans)
			h.near(what+": Rope", q, 1e-5)
			h.device.Append(c1, layer, k.device, v.device, spans)
			h.naive.Append(c2, layer, k.naive, v.naive, spans)
			h.device.Attend(out.device, q.device, c1, layer, spans)
			h.naive.Attend(out.naive, q.naive, c2, layer, spans)
			// A key whose float32 value lies between two that the cache can hold may be rounded either way.
			h.near(what+": Attend", out, map[quant.Type]float64{quant.F16: 2e-3, quant.Q8_0: 2e-2}[typ])
		}
	}
	pass("first rows", []kernels.Span{{Len: 21, Pages: pagesA}})
	pass("two sequences", []kernels.Span{{Len: 1, Pos: 21, Pages: pagesA}, {Len: 17, Pages: pagesB}})
	pass("one row each", []kernels.Span{{Len: 1, Pos: 22, Pages: pagesA}, {Len: 1, Pos: 17, Pages: pagesB}})
	h.device.CopyPage(c1, 5, 0)
	h.naive.CopyPage(c2, 5, 0)
	pass("a copied page", []kernels.Span{{Len: 20, Pos: 20, Pages: []int32{7, 5, 4}}, {Len: 10, Pos: 23, Pages: pagesA}})
	saved := make([]byte, shape.PageBytes())
	for i, page := range []int32{7, 5} {
		h.device.SavePage(saved, c1, page)
		h.device.LoadPage(c1, int32(2+4*i), saved)
		h.naive.SavePage(saved, c2, page)
		h.naive.LoadPage(c2, int32(2+4*i), saved)
	}
	pass("saved pages", []kernels.Span{{Len: 5, Pos: 29, Pages: []int32{2, 6, 0}}, {Len: 1, Pos: 40, Pages: []int32{7, 5, 4}}})
}

// caches asks for caches that there are not.
func (h *harness) caches() {
	for _, shape := range []kernels.CacheShape{
		{Type: quant.F32, Layers: 1, Pages: 1, Heads: 1, Tokens: 16, Dim: 32},
		{Type: quant.Q4_0, Layers: 1, Pages: 1, Heads: 1, Tokens: 16, Dim: 32},
		{Type: quant.Q8_0, Layers: 1, Pages: 1, Heads: 1, Tokens: 16, Dim: 48},
	} {
		for _, d := range []kernels.Device{h.device, h.naive} {
			if _, err := d.Cache(shape); err == nil {
				h.t.Errorf("%T: a cache of %v in heads of %d: no error", d, shape.Type, shape.Dim)
			}
		}
	}
}

// watch gives operations up and checks that the next are done.
func (h *harness) watch() {
	for _, d := range []kernels.Device{h.device, h.naive} {
		ctx, cancel := context.WithCancel(context.Background())
		d.Watch(ctx)
		if err := d.Sync(); err != nil {
			h.t.Errorf("%T: a context that goes on: %v", d, err)
		}
		d.Watch(ctx)
		cancel()
		if err := d.Sync(); !errors.Is(err, context.Canceled) {
			h.t.Errorf("%T: a context that has ended: %v", d, err)
		}
		if err := d.Sync(); err != nil {
			h.t.Errorf("%T: it is told twice: %v", d, err)
		}
	}
	h.elementwise(100, 300)
}
