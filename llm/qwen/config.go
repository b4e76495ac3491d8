package qwen

import (
	"errors"
	"fmt"
	"math"

	"github.com/qwen-agent/qwen-agent/kernels"
	"github.com/qwen-agent/qwen-agent/llm/gguf"
)

// ErrArchitecture says that a file holds a network that is none of ours.
var ErrArchitecture = errors.New("unsupported architecture")

// Config has the sizes of a network, as its file gives them.
type Config struct {
	Architecture string
	Name         string // as its makers call it
	Context      int    // positions that it was trained for
	Vocabulary   int    // rows of the embedding, padding included
	Layers       int
	Hidden       int
	FeedForward  int
	Heads        int     // of the queries
	KVHeads      int     // of the keys and values
	HeadDim      int     // elements a head
	RopeBase     float64 // theta
	Eps          float32 // of the normalisations
}

// Upper bounds, far above every model there is, that keep products of sizes within an int.
const (
	maxLayers  = 1 << 10
	maxHeads   = 1 << 12
	maxWidth   = 1 << 20
	maxContext = 1 << 28
)

// ReadConfig reads the sizes of a network. Its errors are ErrArchitecture, or wrap
// gguf.ErrFormat or gguf.ErrMissing if the file is at fault.
func ReadConfig(f *gguf.File) (Config, error) {
	arch, err := f.String("general.architecture")
	if err != nil {
		return Config{}, fmt.Errorf("qwen: %w", err)
	}
	if _, ok := architectures[arch]; !ok {
		return Config{}, fmt.Errorf("qwen: %w: found %q, supported: %s", ErrArchitecture, arch, supported())
	}
	r := reader{f: f, prefix: arch + "."}
	c := Config{
		Architecture: arch,
		Context:      r.uint("context_length", maxContext),
		Layers:       r.uint("block_count", maxLayers),
		Hidden:       r.uint("embedding_length", maxWidth),
		FeedForward:  r.uint("feed_forward_length", maxWidth),
		Heads:        r.uint("attention.head_count", maxHeads),
		Eps:          float32(r.float("attention.layer_norm_rms_epsilon", 0)),
		RopeBase:     r.float("rope.freq_base", 10000),
	}
	c.KVHeads = c.Heads
	if r.has("attention.head_count_kv") {
		c.KVHeads = r.uint("attention.head_count_kv", maxHeads)
	}
	if r.err == nil {
		c.HeadDim = c.Hidden / c.Heads
	}
	if r.has("attention.key_length") {
		c.HeadDim = r.uint("attention.key_length", maxWidth)
	}
	if r.err == nil {
		c.check(&r)
	}
	if r.err != nil {
		return Config{}, fmt.Errorf("qwen: %w", r.err)
	}
	c.Name, _ = f.String("general.name")
	embedding, err := f.Tensor("token_embd.weight")
	if err != nil {
		return Config{}, fmt.Errorf("qwen: %w", err)
	}
	if len(embedding.Shape) != 2 || embedding.Shape[1] > maxContext {
		return Config{}, shapeError(embedding, "2 dimensions")
	}
	c.Vocabulary = embedding.Shape[1]
	return c, nil
}

// CacheShape returns the shape of a cache of so many pages of so many tokens, see kernels.CacheShape.
func (c Config) CacheShape(t kernels.CacheType, pages, tokens int) kernels.CacheShape {
	return kernels.CacheShape{Type: t, Layers: c.Layers, Pages: pages, Heads: c.KVHeads, Tokens: tokens, Dim: c.HeadDim}
}

// check finds sizes that do not fit each other, and features that no code here has.
func (c *Config) check(r *reader) {
	switch {
	case c.Heads%c.KVHeads != 0:
		r.fail("attention.head_count", fmt.Sprint(c.Heads), fmt.Sprintf("a multiple of the %d kv heads", c.KVHeads))
	case c.HeadDim*c.Heads != c.Hidden && !r.has("attention.key_length"):
		r.fail("attention.head_count", fmt.Sprint(c.Heads), fmt.Sprintf("a divisor of the width, %d", c.Hidden))
	case c.HeadDim%2 != 0 || c.HeadDim == 0:
		r.fail("attention.key_length", fmt.Sprint(c.HeadDim), "an even number of elements a head")
	case r.has("attention.value_length") && r.uint("attention.value_length", maxWidth) != c.HeadDim && r.err == nil:
		r.fail("attention.value_length", "another length than that of keys", fmt.Sprint(c.HeadDim))
	case r.has("rope.dimension_count") && r.uint("rope.dimension_count", maxWidth) != c.HeadDim && r.err == nil:
		r.fail("rope.dimension_count", "a part of the head", fmt.Sprintf("all %d elements", c.HeadDim))
	case !(c.Eps > 0 && c.Eps < 1):
		r.fail("attention.layer_norm_rms_epsilon", fmt.Sprint(c.Eps), "between 0 and 1")
	case !(c.RopeBase >= 1 && c.RopeBase < 1e12):
		r.fail("rope.freq_base", fmt.Sprint(c.RopeBase), "1 to 1e12")
	}
	if r.err == nil && r.has("rope.scaling.type") {
		if s, err := r.f.String(r.prefix + "rope.scaling.type"); err != nil || s != "none" {
			r.fail("rope.scaling.type", fmt.Sprintf("%q", s), `"none": positions are not scaled`)
		}
	}
}

// reader reads keys below a prefix and keeps the first error.
type reader struct {
	f      *gguf.File
	prefix string
	err    error
}

func (r *reader) has(key string) bool {
	_, ok := r.f.Lookup(r.prefix + key)
	return ok
}

func (r *reader) uint(key string, most uint64) int {
	if r.err != nil {
		return 0
	}
	n, err := r.f.Uint(r.prefix + key)
	if err == nil && (n < 1 || n > most) {
		r.fail(key, fmt.Sprint(n), fmt.Sprintf("1 to %d", most))
	} else if err != nil {
		r.err = err
	}
	return int(n)
}

// float reads a number; absent is its value in a file that does not have it, or 0 if every
// file must.
func (r *reader) float(key string, absent float64) float64 {
	if r.err != nil || absent != 0 && !r.has(key) {
		return absent
	}
	v, err := r.f.Float(r.prefix + key)
	if err != nil {
		r.err = err
	} else if math.IsNaN(v) || math.IsInf(v, 0) {
		r.fail(key, fmt.Sprint(v), "a finite number")
	}
	return v
}

func (r *reader) fail(key, found, wanted string) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: key %q: found %s, wanted %s", gguf.ErrFormat, r.prefix+key, found, wanted)
	}
}

func shapeError(t gguf.Tensor, wanted string) error {
	return fmt.Errorf("qwen: %w: tensor %q: found shape %v, wanted %s", gguf.ErrFormat, t.Name, t.Shape, wanted)
}
