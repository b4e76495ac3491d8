package qwen_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/internal/testmodel"
	"github.com/qwen-agent/qwen-agent/kernels"
	"github.com/qwen-agent/qwen-agent/kernels/cpu"
	"github.com/qwen-agent/qwen-agent/kernels/devicetest"
	"github.com/qwen-agent/qwen-agent/kernels/quant"
	"github.com/qwen-agent/qwen-agent/llm/gguf"
	"github.com/qwen-agent/qwen-agent/llm/qwen"
)

var limits = qwen.Limits{Positions: 128, Pages: 12, PageTokens: 16, KV: quant.F16, Batch: 64, Logits: 40}

func open(t testing.TB, path string, d kernels.Device) qwen.Model {
	t.Helper()
	f, err := gguf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	m, err := qwen.Open(f, d, limits)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func onCPU(t testing.TB, path string, threads int) qwen.Model {
	t.Helper()
	d := cpu.New(threads)
	t.Cleanup(func() { d.Close() })
	return open(t, path, d)
}

// forward returns the logits that a batch asks for.
func forward(t testing.TB, m qwen.Model, b *qwen.Batch) [][]float32 {
	t.Helper()
	if err := m.Forward(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	out := make([][]float32, len(b.Logits))
	for i := range out {
		out[i] = make([]float32, m.Config().Vocabulary)
		if err := m.Logits(out[i], i); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func ids(n int, seed uint64) []int32 {
	rng := rand.New(rand.NewPCG(seed, 5))
	out := make([]int32, n)
	for i := range out {
		out[i] = rng.Int32N(256)
	}
	return out
}

func rows(n int) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = int32(i)
	}
	return out
}

// prompt is a batch of one new sequence with the logits of every row.
func prompt(tokens []int32, pages ...int32) *qwen.Batch {
	return &qwen.Batch{IDs: tokens, Spans: []kernels.Span{{Len: len(tokens), Pages: pages}}, Logits: rows(len(tokens))}
}

// TestNaive computes whole models on the processor and on the plain device. With float
// weights they differ by rounding only; with quantised ones by what the quantisation of
// the activations costs, which single logits have more or less of.
func TestNaive(t *testing.T) {
	for _, test := range []struct {
		shape  testmodel.Shape
		within float64 // root mean square of the differences in a batch; logits are about 1
	}{
		{testmodel.Shape{Matrix: quant.F32, Down: quant.F16, Seed: 1}, 0.001},
		{testmodel.Shape{Matrix: quant.BF16, Down: quant.F32, Untied: true, Heads: 2, KVHeads: 1, Seed: 2}, 0.001},
		{testmodel.Shape{Matrix: quant.Q8_0, Down: quant.Q6_K, Seed: 3}, 0.03},
		{testmodel.Shape{Matrix: quant.Q5_0, Down: quant.Q4_K, Layers: 3, Hidden: 128, Heads: 8, KVHeads: 2, FeedForward: 512, Untied: true, Seed: 4}, 0.05},
	} {
		t.Run(fmt.Sprintf("%v,%v", test.shape.Matrix, test.shape.Down), func(t *testing.T) {
			path := testmodel.Write(t, test.shape)
			fast, plain := onCPU(t, path, 2), open(t, path, devicetest.NewNaive())
			batches := []*qwen.Batch{
				prompt(ids(37, 1), 4, 2, 9),
				{ // the first sequence goes on by one token, and another begins
					IDs:    ids(12, 2),
					Spans:  []kernels.Span{{Len: 1, Pos: 37, Pages: []int32{4, 2, 9}}, {Row: 1, Len: 11, Pages: []int32{7}}},
					Logits: []int32{0, 11},
				},
			}
			for i, b := range batches {
				got, want := forward(t, fast, b), forward(t, plain, b)
				sum, n := 0.0, 0
				for r := range want {
					for j := range want[r] {
						d := float64(got[r][j] - want[r][j])
						sum += d * d
					}
					n += len(want[r])
				}
				if off := math.Sqrt(sum / float64(n)); !(off <= test.within) {
					t.Errorf("batch %d: off by %.4f, want at most %.4f", i, off, test.within)
				}
			}
		})
	}
}

// TestBatching checks that logits have the same bits whether a prompt is computed at once,
// in pieces, token by token, or beside another sequence, and with any number of threads.
func TestBatching(t *testing.T) {
	path := testmodel.Write(t, testmodel.Shape{})
	tokens := ids(40, 1)
	pages := []int32{3, 11, 0}
	want := forward(t, onCPU(t, path, 1), prompt(tokens, pages...))
	for name, pieces := range map[string][]int{
		"at once":        {40},
		"in pieces":      {16, 1, 7, 16},
		"token by token": slices.Repeat([]int{1}, 40),
	} {
		for threads := 1; threads <= 3; threads++ {
			m := onCPU(t, path, threads)
			at := 0
			for _, n := range pieces {
				other := kernels.Span{Row: n, Len: 3, Pos: 0, Pages: []int32{5}}
				b := &qwen.Batch{
					IDs:    append(slices.Clone(tokens[at:at+n]), 1, 2, 3),
					Spans:  []kernels.Span{{Len: n, Pos: at, Pages: pages}, other},
					Logits: rows(min(n, limits.Logits)),
				}
				for i, got := range forward(t, m, b) {
					if !slices.Equal(got, want[at+i]) {
						t.Fatalf("%s, %d threads: the logits of position %d differ", name, threads, at+i)
					}
				}
				at += n
			}
		}
	}
}

// TestSomeLogits asks for those of a few rows, and of none at first.
func TestSomeLogits(t *testing.T) {
	m := onCPU(t, testmodel.Write(t, testmodel.Shape{}), 2)
	tokens := ids(40, 1)
	want := forward(t, m, prompt(tokens, 0, 1, 2))
	other := forward(t, m, prompt(tokens[5:25], 3, 4))
	forward(t, m, &qwen.Batch{IDs: tokens[:10], Spans: []kernels.Span{{Len: 10, Pages: []int32{7, 8, 9}}}})
	got := forward(t, m, &qwen.Batch{
		IDs:    append(slices.Clone(tokens[10:]), tokens[5:25]...),
		Spans:  []kernels.Span{{Len: 30, Pos: 10, Pages: []int32{7, 8, 9}}, {Row: 30, Len: 20, Pages: []int32{3, 4}}},
		Logits: []int32{0, 3, 4, 5, 29, 30, 31, 48},
	})
	for i, w := range [][]float32{want[10], want[13], want[14], want[15], want[39], other[0], other[1], other[18]} {
		if !slices.Equal(got[i], w) {
			t.Errorf("logits %d are others than when all are wanted", i)
		}
	}
}

func TestCopyPage(t *testing.T) {
	m := onCPU(t, testmodel.Write(t, testmodel.Shape{}), 1)
	tokens := ids(30, 1)
	want := forward(t, m, prompt(tokens, 1, 2))
	m.CopyPage(7, 2)
	got := forward(t, m, &qwen.Batch{IDs: tokens[29:], Spans: []kernels.Span{{Len: 1, Pos: 29, Pages: []int32{1, 7}}}, Logits: []int32{0}})
	if !slices.Equal(got[0], want[29]) {
		t.Error("the logits after a copied page differ")
	}
}

// TestCancel gives a batch up and computes it again.
func TestCancel(t *testing.T) {
	m := onCPU(t, testmodel.Write(t, testmodel.Shape{}), 2)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	b := prompt(ids(20, 1), 0, 1)
	if err := m.Forward(ctx, b); !errors.Is(err, context.Canceled) {
		t.Fatalf("error is %v", err)
	}
	forward(t, m, b)
}

// TestBadFiles changes one thing of a good model each.
func TestBadFiles(t *testing.T) {
	for _, test := range []struct {
		name, want string
		skip       string // a tensor or key that is left out
		set        map[string]any
		shape      map[string][]int
	}{
		{name: "another architecture", set: map[string]any{"general.architecture": "llama"}, want: `unsupported architecture: found "llama", supported: qwen2`},
		{name: "no architecture", skip: "general.architecture", want: "general.architecture"},
		{name: "no layers", skip: "qwen2.block_count", want: "qwen2.block_count"},
		{name: "too many layers", set: map[string]any{"qwen2.block_count": uint32(1 << 30)}, want: `"qwen2.block_count": found 1073741824, wanted 1 to 1024`},
		{name: "more layers than there are", set: map[string]any{"qwen2.block_count": uint32(3)}, want: `"blk.2.attn_norm.weight"`},
		{name: "no heads", set: map[string]any{"qwen2.attention.head_count": uint32(0)}, want: "head_count"},
		{name: "odd heads", set: map[string]any{"qwen2.attention.head_count": uint32(5)}, want: "a multiple of the 2 kv heads"},
		{name: "heads that do not divide the width", set: map[string]any{"qwen2.attention.head_count": uint32(6)}, want: "a divisor of the width, 64"},
		{name: "a key of another type", set: map[string]any{"qwen2.embedding_length": "64"}, want: "embedding_length"},
		{name: "no epsilon", set: map[string]any{"qwen2.attention.layer_norm_rms_epsilon": float32(0)}, want: "epsilon"},
		{name: "a base that is no number", set: map[string]any{"qwen2.rope.freq_base": float32(math.NaN())}, want: "a finite number"},
		{name: "scaled positions", set: map[string]any{"qwen2.rope.scaling.type": "yarn"}, want: `found "yarn"`},
		{name: "a part of the head turned", set: map[string]any{"qwen2.rope.dimension_count": uint32(8)}, want: "rope.dimension_count"},
		{name: "a tensor missing", skip: "blk.1.ffn_up.weight", want: `"blk.1.ffn_up.weight"`},
		{name: "no embedding", skip: "token_embd.weight", want: "token_embd.weight"},
		{name: "a tensor of another shape", shape: map[string][]int{"blk.0.attn_k.weight": {32, 64}}, want: `tensor "blk.0.attn_k.weight": found shape [32 64], wanted [64 32]`},
		{name: "a vector as a matrix", shape: map[string][]int{"output_norm.weight": {64, 1}}, want: `found shape [64 1], wanted [64]`},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := change(t, test.skip, test.set, test.shape)
			d := cpu.New(1)
			defer d.Close()
			_, err := qwen.Open(f, d, limits)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("error is %v, want %q in it", err, test.want)
			}
			if !errors.Is(err, gguf.ErrFormat) && !errors.Is(err, gguf.ErrMissing) && !errors.Is(err, qwen.ErrArchitecture) {
				t.Errorf("error %v is of no known kind", err)
			}
		})
	}
}

// change returns the tiny model with something left out, set, or of another shape.
func change(t *testing.T, skip string, set map[string]any, shapes map[string][]int) *gguf.File {
	t.Helper()
	w, err := testmodel.Build(testmodel.Shape{})
	if err != nil {
		t.Fatal(err)
	}
	good := read(t, w)
	var changed gguf.Writer
	for _, key := range good.Keys() {
		if _, ok := set[key]; ok || key == skip {
			continue
		}
		v, _ := good.Lookup(key)
		if err := changed.Set(key, v); err != nil {
			t.Fatal(err)
		}
	}
	for key, v := range set {
		if err := changed.Set(key, v); err != nil {
			t.Fatal(err)
		}
	}
	for _, tensor := range good.Tensors() {
		if tensor.Name == skip {
			continue
		}
		shape := tensor.Shape
		if s, ok := shapes[tensor.Name]; ok {
			shape = s
		}
		if err := changed.Add(tensor.Name, tensor.Type, shape, tensor.Data); err != nil {
			t.Fatal(err)
		}
	}
	return read(t, &changed)
}

func read(t *testing.T, w *gguf.Writer) *gguf.File {
	t.Helper()
	var b bytes.Buffer
	if _, err := w.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	f, err := gguf.Read(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return f
}
