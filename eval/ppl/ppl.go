// Package ppl measures the perplexity of a text: how surprised a model is by each token after
// those before it. A window slides over the text, so that it shows what a longer context is
// worth, and what a cheaper cache or weights cost.
package ppl

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/qwen-agent/qwen-agent/eval"
	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/engine"
)

// Options is about the window. Zero fields have defaults.
type Options struct {
	Window int // tokens that the model sees at once; 0 is 2048
	Stride int // tokens that the window moves on, and that are judged in it; 0 is half a window
}

// Fill returns the options with their defaults, or what is wrong with them.
func (o Options) Fill() (Options, error) {
	if o.Window == 0 {
		o.Window = 2048
	}
	if o.Stride == 0 {
		o.Stride = max(1, o.Window/2)
	}
	if o.Window < 2 || o.Stride < 1 || o.Stride >= o.Window {
		return o, fmt.Errorf("a window of %d tokens that moves on by %d: wanted a window of at least 2, and less than that", o.Window, o.Stride)
	}
	return o, nil
}

// span is a window: it sees the tokens from begin to end, and judges those from judged on.
type span struct{ begin, judged, end int }

// spans lays windows over n tokens so that each token but the first is judged once.
func spans(n int, o Options) (list []span) {
	for begin, judged := 0, 1; judged < n; begin += o.Stride {
		end := min(begin+o.Window, n)
		list = append(list, span{begin, judged, end})
		judged = end
	}
	return list
}

// Model is what the probabilities of tokens can be asked of: *engine.Engine.
type Model interface {
	BeginPrivate(ctx context.Context, limit int) (*engine.Sequence, error)
	Vocabulary() int
}

// ErrModel says that a model does not tell probabilities.
var ErrModel = errors.New("ppl: perplexity needs a model file: a remote model does not tell what it thinks of given tokens")

// Cases makes a case of each window over the tokens of a text. Its result is neither right nor
// wrong and has the score nll, the mean negative logarithm of the probability of the judged
// tokens, in nats, and as its weight how many these are. The exponential of the weighted mean is the
// perplexity, see eval.Summarize.
func Cases(tokens []int32, o Options) ([]eval.Case, error) {
	o, err := o.Fill()
	if err != nil {
		return nil, err
	}
	if len(tokens) < 2 {
		return nil, fmt.Errorf("a text of %d tokens: wanted at least 2", len(tokens))
	}
	var cases []eval.Case
	for _, s := range spans(len(tokens), o) {
		cases = append(cases, eval.Case{ID: fmt.Sprintf("%d-%d", s.judged, s.end), Run: func(ctx context.Context, m llm.Model) (eval.Result, error) {
			r := eval.Result{Prompt: s.end - s.begin, Weight: float64(s.end - s.judged)}
			p, ok := m.(Model)
			if !ok {
				return r, ErrModel
			}
			nll, err := judge(ctx, p, tokens[s.begin:s.end], s.judged-s.begin)
			r.Scores = map[string]float64{"nll": nll / r.Weight}
			return r, err
		}})
	}
	return cases, nil
}

// atOnce is how many rows of logits are held.
const atOnce = 64

// judge returns the sum of the negative logarithms of the probabilities of ids[from:].
func judge(ctx context.Context, m Model, ids []int32, from int) (sum float64, err error) {
	seq, err := m.BeginPrivate(ctx, len(ids))
	if err != nil {
		return 0, err
	}
	defer seq.Close()
	if from > 1 {
		if err := seq.Append(ctx, ids[:from-1]); err != nil {
			return 0, err
		}
	}
	logits := make([][]float32, min(atOnce, len(ids)-from))
	for i := range logits {
		logits[i] = make([]float32, m.Vocabulary())
	}
	for from < len(ids) {
		n := min(len(logits), len(ids)-from)
		if err := seq.Append(ctx, ids[from-1:from-1+n], logits[:n]...); err != nil {
			return 0, err
		}
		for i, row := range logits[:n] {
			sum -= logProbability(row, ids[from+i])
		}
		from += n
	}
	return sum, nil
}

// logProbability is the logarithm of a token's part in the softmax.
func logProbability(logits []float32, id int32) float64 {
	most := float64(slices.Max(logits))
	sum := 0.0
	for _, v := range logits {
		sum += math.Exp(float64(v) - most)
	}
	return float64(logits[id]) - most - math.Log(sum)
}
