package qwen

import (
	"fmt"
	"math"

	"github.com/qwen-agent/qwen-agent/kernels"
	"github.com/qwen-agent/qwen-agent/llm/gguf"
)

// qwen2 is the network of Qwen2, Qwen2.5 and Qwen2.5-Coder.
//
// Source: Qwen2 Technical Report (2024), section 2.2: grouped-query attention with biases
// on the queries, keys and values, rotary positions, RMSNorm before each part, SwiGLU.
type qwen2 struct {
	config Config
	limits Limits
	d      kernels.Device

	embedding  kernels.Weight // (V, C)
	layers     []qwen2Layer
	outputNorm kernels.Weight // (1, C)
	output     kernels.Weight // (V, C); the embedding again in the smaller models

	rotation kernels.Rotation
	cache    kernels.Cache

	x, h, at     kernels.Buffer // (T, C), (T, C), (T, H*D): the stream, what a part reads, what attention found
	q, k, v      kernels.Buffer // (T, H*D), (T, K*D), (T, K*D)
	gate, up     kernels.Buffer // (T, F)
	last, logits kernels.Buffer // (rows wanted, C), (rows wanted, V)

	scores []kernels.Output // the products that make the logits
	scored Scores           // what of them there is
	warm   int              // layers that Warm has prepared; one more: the logits' weight too
	wanted []kernels.Span   // of the rows whose logits are
}

// qwen2Layer has the weights of one layer.
type qwen2Layer struct {
	attnNorm            kernels.Weight // (1, C)
	q, k, v             kernels.Weight // (H*D, C), (K*D, C), (K*D, C)
	qBias, kBias, vBias kernels.Weight // (1, H*D), (1, K*D), (1, K*D)
	attnOutput          kernels.Weight // (C, H*D)
	ffnNorm             kernels.Weight // (1, C)
	gate, up            kernels.Weight // (F, C)
	down                kernels.Weight // (C, F)

	qkv, attended, gateUp, downed []kernels.Output // the products of Forward, in its order
}

// products lists the layer's products; what attention and the feed-forward part find is added to x.
func (w *qwen2Layer) products(m *qwen2, x kernels.Buffer) {
	w.qkv = []kernels.Output{
		{Dst: m.q, Weight: w.q, Bias: w.qBias},
		{Dst: m.k, Weight: w.k, Bias: w.kBias},
		{Dst: m.v, Weight: w.v, Bias: w.vBias},
	}
	w.attended = []kernels.Output{{Dst: x, Weight: w.attnOutput, Add: true}}
	w.gateUp = []kernels.Output{{Dst: m.gate, Weight: w.gate}, {Dst: m.up, Weight: w.up}}
	w.downed = []kernels.Output{{Dst: x, Weight: w.down, Add: true}}
}

func newQwen2(f *gguf.File, c Config, d kernels.Device, lim Limits) (Model, error) {
	l := &loader{f: f, d: d}
	m := &qwen2{config: c, limits: lim, d: d}
	heads, kvHeads := c.Heads*c.HeadDim, c.KVHeads*c.HeadDim

	m.embedding = l.matrix("token_embd.weight", c.Vocabulary, c.Hidden)
	for i := 0; i < c.Layers && l.err == nil; i++ {
		name := func(s string) string { return fmt.Sprintf("blk.%d.%s", i, s) }
		m.layers = append(m.layers, qwen2Layer{
			attnNorm:   l.vector(name("attn_norm.weight"), c.Hidden),
			q:          l.matrix(name("attn_q.weight"), heads, c.Hidden),
			k:          l.matrix(name("attn_k.weight"), kvHeads, c.Hidden),
			v:          l.matrix(name("attn_v.weight"), kvHeads, c.Hidden),
			qBias:      l.vector(name("attn_q.bias"), heads),
			kBias:      l.vector(name("attn_k.bias"), kvHeads),
			vBias:      l.vector(name("attn_v.bias"), kvHeads),
			attnOutput: l.matrix(name("attn_output.weight"), c.Hidden, heads),
			ffnNorm:    l.vector(name("ffn_norm.weight"), c.Hidden),
			gate:       l.matrix(name("ffn_gate.weight"), c.FeedForward, c.Hidden),
			up:         l.matrix(name("ffn_up.weight"), c.FeedForward, c.Hidden),
			down:       l.matrix(name("ffn_down.weight"), c.Hidden, c.FeedForward),
		})
	}
	m.outputNorm = l.vector("output_norm.weight", c.Hidden)
	m.output = m.embedding
	if l.has("output.weight") {
		m.output = l.matrix("output.weight", c.Vocabulary, c.Hidden)
	}

	m.x, m.h, m.at = l.buffer(lim.Batch, c.Hidden), l.buffer(lim.Batch, c.Hidden), l.buffer(lim.Batch, heads)
	m.q, m.k, m.v = l.buffer(lim.Batch, heads), l.buffer(lim.Batch, kvHeads), l.buffer(lim.Batch, kvHeads)
	m.gate, m.up = l.buffer(lim.Batch, c.FeedForward), l.buffer(lim.Batch, c.FeedForward)
	m.last, m.logits = l.buffer(lim.Logits, c.Hidden), l.buffer(lim.Logits, c.Vocabulary)
	if l.err != nil {
		return nil, l.err
	}
	for i := range m.layers {
		x := m.x
		if i == len(m.layers)-1 {
			x = m.last
		}
		m.layers[i].products(m, x)
	}
	m.scores = []kernels.Output{{Dst: m.logits, Weight: m.output}}
	var err error
	if m.rotation, err = d.Rotation(c.HeadDim, lim.Positions, c.RopeBase); err != nil {
		return nil, fmt.Errorf("qwen: a table of %d positions: %w", lim.Positions, err)
	}
	if m.cache, err = d.Cache(c.CacheShape(lim.KV, lim.Pages, lim.PageTokens)); err != nil {
		return nil, fmt.Errorf("qwen: a cache of %d pages: %w", lim.Pages, err)
	}
	return m, nil
}

func (m *qwen2) Config() Config { return m.config }

func (m *qwen2) Forward(ctx kernels.Ender, b *Batch) error {
	b.check(m.config, m.limits)
	d, eps := m.d, m.config.Eps
	resize(len(b.IDs), m.x, m.h, m.at, m.q, m.k, m.v, m.gate, m.up)

	d.Watch(ctx)
	d.Embed(m.x, m.embedding, b.IDs)
	for i := range m.layers {
		if ctx.Err() != nil {
			return d.Sync()
		}
		w := &m.layers[i]
		x, q, at, spans := m.x, m.q, m.at, b.Spans

		d.Norm(m.h, x, w.attnNorm, eps)
		d.Linear(m.h, w.qkv...)
		d.Rope(q, m.rotation, spans)
		d.Rope(m.k, m.rotation, spans)
		d.Append(m.cache, i, m.k, m.v, spans)
		if i == len(m.layers)-1 { // from here on a row matters only to its own logits
			if len(b.Logits) == 0 {
				break
			}
			resize(len(b.Logits), m.last, m.logits, m.h, m.at, m.gate, m.up)
			d.Gather(m.last, x, b.Logits)
			d.Gather(at, q, b.Logits)
			resize(len(b.Logits), q)
			m.wanted = b.wanted(m.wanted[:0])
			x, q, at, spans = m.last, at, q, m.wanted
		}
		d.Attend(at, q, m.cache, i, spans)
		d.Linear(at, w.attended...)

		d.Norm(m.h, x, w.ffnNorm, eps)
		d.Linear(m.h, w.gateUp...)
		d.SwiGLU(m.gate, m.gate, m.up)
		d.Linear(m.gate, w.downed...)
	}

	if len(b.Logits) > 0 {
		d.Norm(m.h, m.last, m.outputNorm, eps)
		m.scored = b.Scores
		switch b.Scores {
		case All:
			d.Linear(m.h, m.scores...)
		case Greatest:
			d.Estimate(m.logits, m.h, m.output)
		}
	}
	return d.Sync()
}

func (m *qwen2) Logits(dst []float32, i int) error {
	if m.scored != All {
		panic("qwen: Logits after a batch that did not ask for all")
	}
	return m.d.Read(dst, m.logits, i)
}

func (m *qwen2) Greatest(dst []float32, i, k int, ids []int32) (floor float32, err error) {
	switch m.scored {
	case All:
		return float32(math.Inf(-1)), m.d.Read(dst, m.logits, i)
	case Greatest:
		return m.d.Greatest(dst, m.logits, m.h, m.output, i, k, ids)
	default:
		return m.d.Greatest(dst, nil, m.h, m.output, i, 0, ids)
	}
}

func (m *qwen2) Hidden(dst []float32, i int) error { return m.d.Read(dst, m.h, i) }

func (m *qwen2) Again(dst, hidden []float32) error {
	m.h.Resize(1)
	m.d.Write(m.h, 0, hidden)
	_, err := m.d.Greatest(dst, nil, m.h, m.output, 0, m.config.Vocabulary, nil)
	return err
}

// Warm prepares the weights of a layer, and in the end those of the logits.
func (m *qwen2) Warm(ctx kernels.Ender) (more bool) {
	if m.warm > len(m.layers) {
		return false
	}
	lists := [][]kernels.Output{m.scores}
	if m.warm < len(m.layers) {
		w := &m.layers[m.warm]
		lists = [][]kernels.Output{w.qkv, w.attended, w.gateUp, w.downed}
	}
	m.d.Watch(ctx)
	for _, outs := range lists {
		for _, o := range outs {
			m.d.Prepare(o.Weight)
		}
	}
	m.warm++
	return m.d.Sync() == nil && m.warm <= len(m.layers)
}

func (m *qwen2) CopyPage(dst, src int32)         { m.d.CopyPage(m.cache, dst, src) }
func (m *qwen2) SavePage(dst []byte, page int32) { m.d.SavePage(dst, m.cache, page) }
func (m *qwen2) LoadPage(page int32, src []byte) { m.d.LoadPage(m.cache, page, src) }
