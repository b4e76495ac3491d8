package testmodel

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/qwen-agent/qwen-agent/kernels/devicetest"
	"github.com/qwen-agent/qwen-agent/kernels/quant"
	"github.com/qwen-agent/qwen-agent/llm/gguf"
)

// Shape says what a tiny model consists of. The zero value is completed by Defaults.
type Shape struct {
	Layers, Hidden, Heads, KVHeads, FeedForward, Context int

	Matrix quant.Type // of all matrices but Down
	Down   quant.Type // of ffn_down, whose rows may be long enough for the K formats
	Untied bool       // the output matrix is not the embedding
	Seed   uint64
}

// Defaults returns s with its zero fields filled in: two layers of width 64, Q8_0 and Q6_K.
func (s Shape) Defaults() Shape {
	set := func(field *int, value int) {
		if *field == 0 {
			*field = value
		}
	}
	set(&s.Layers, 2)
	set(&s.Hidden, 64)
	set(&s.Heads, 4)
	set(&s.KVHeads, 2)
	set(&s.FeedForward, 256)
	set(&s.Context, 2048)
	if s.Matrix == 0 && s.Down == 0 {
		s.Matrix, s.Down = quant.Q8_0, quant.Q6_K
	}
	return s
}

// Write makes the file of a tiny qwen2 model in a folder that goes when the test ends. Its
// vocabulary is complete and its sentences mean nothing.
func Write(t testing.TB, s Shape) string {
	t.Helper()
	w, err := Build(s)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "tiny.gguf")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.WriteTo(f); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// Build returns the model of Write, for tests that change it before it is written.
func Build(s Shape) (*gguf.Writer, error) {
	s = s.Defaults()
	b := &builder{w: &gguf.Writer{}, rng: rand.New(rand.NewPCG(s.Seed, 3))}
	tokens, types, merges := Vocabulary()
	for _, kv := range []struct {
		key   string
		value any
	}{
		{"general.architecture", "qwen2"},
		{"general.name", "Tiny"},
		{"qwen2.block_count", uint32(s.Layers)},
		{"qwen2.context_length", uint32(s.Context)},
		{"qwen2.embedding_length", uint32(s.Hidden)},
		{"qwen2.feed_forward_length", uint32(s.FeedForward)},
		{"qwen2.attention.head_count", uint32(s.Heads)},
		{"qwen2.attention.head_count_kv", uint32(s.KVHeads)},
		{"qwen2.attention.layer_norm_rms_epsilon", float32(1e-6)},
		{"qwen2.rope.freq_base", float32(1e6)},
		{"tokenizer.ggml.model", "gpt2"},
		{"tokenizer.ggml.pre", "qwen2"},
		{"tokenizer.ggml.tokens", tokens},
		{"tokenizer.ggml.token_type", types},
		{"tokenizer.ggml.merges", merges},
		{"tokenizer.ggml.eos_token_id", uint32(slices.Index(tokens, "<|im_end|>"))},
		{"tokenizer.ggml.padding_token_id", uint32(slices.Index(tokens, "<|endoftext|>"))},
		{"tokenizer.chat_template", `{"name": <function-name>} within <tool_call></tool_call>`},
	} {
		b.set(kv.key, kv.value)
	}
	dim := s.Hidden / s.Heads
	kv := s.KVHeads * dim
	b.matrix("token_embd.weight", s.Matrix, len(tokens), s.Hidden)
	for i := range s.Layers {
		name := func(n string) string { return fmt.Sprintf("blk.%d.%s", i, n) }
		b.vector(name("attn_norm.weight"), s.Hidden)
		b.matrix(name("attn_q.weight"), s.Matrix, s.Hidden, s.Hidden)
		b.matrix(name("attn_k.weight"), s.Matrix, kv, s.Hidden)
		b.matrix(name("attn_v.weight"), s.Matrix, kv, s.Hidden)
		b.vector(name("attn_q.bias"), s.Hidden)
		b.vector(name("attn_k.bias"), kv)
		b.vector(name("attn_v.bias"), kv)
		b.matrix(name("attn_output.weight"), s.Matrix, s.Hidden, s.Hidden)
		b.vector(name("ffn_norm.weight"), s.Hidden)
		b.matrix(name("ffn_gate.weight"), s.Matrix, s.FeedForward, s.Hidden)
		b.matrix(name("ffn_up.weight"), s.Matrix, s.FeedForward, s.Hidden)
		b.matrix(name("ffn_down.weight"), s.Down, s.Hidden, s.FeedForward)
	}
	b.vector("output_norm.weight", s.Hidden)
	if s.Untied {
		b.matrix("output.weight", s.Matrix, len(tokens), s.Hidden)
	}
	return b.w, b.err
}

// builder keeps the first error.
type builder struct {
	w   *gguf.Writer
	rng *rand.Rand
	err error
}

func (b *builder) set(key string, value any) {
	if b.err == nil {
		b.err = b.w.Set(key, value)
	}
}

func (b *builder) matrix(name string, t quant.Type, rows, cols int) {
	if b.err == nil {
		b.err = b.w.Add(name, t, []int{cols, rows}, devicetest.Blocks(t, rows*cols, b.rng))
	}
}

// vector adds numbers of about 0.1, or ones as the weights of a norm.
func (b *builder) vector(name string, n int) {
	if b.err != nil {
		return
	}
	data := devicetest.Blocks(quant.F32, n, b.rng)
	if filepath.Ext(name) == ".weight" {
		for i := range n {
			binary.LittleEndian.PutUint32(data[4*i:], math.Float32bits(1))
		}
	}
	b.err = b.w.Add(name, quant.F32, []int{n}, data)
}
