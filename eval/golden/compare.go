package golden

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/qwen-agent/qwen-agent/llm/engine"
)

// Report says how far a model is from a reference.
//
// KL is the divergence of the model's next-token distribution from the reference's, with
// the reference's likeliest tokens as outcomes and everything else as one more. FullKL, at
// the last position of a prompt, is that of the whole distributions.
type Report struct {
	Model     string `json:"model"`
	Reference string `json:"reference"`
	Threads   int    `json:"threads"`

	Prompts []Row `json:"prompts"`

	Positions  int     `json:"positions"`
	Agree      int     `json:"agree"`        // positions whose likeliest token is the reference's
	Top1       float64 `json:"top1_percent"` // Agree of Positions
	MeanKL     float64 `json:"mean_kl"`
	P99KL      float64 `json:"p99_kl"`
	MaxKL      float64 `json:"max_kl"`
	GreedySame int     `json:"greedy_same"` // prompts whose greedy continuation is the reference's
}

// Row is one prompt of a report.
type Row struct {
	Name      string  `json:"name"`
	Positions int     `json:"positions"`
	Agree     int     `json:"agree"`
	MeanKL    float64 `json:"mean_kl"`
	FullKL    float64 `json:"full_kl_last"`
	Greedy    int     `json:"greedy"`    // tokens of the greedy continuation up to the first that differs
	GreedyOf  int     `json:"greedy_of"` // tokens that the reference has
}

// atOnce is for how many positions logits are held at a time.
const atOnce = 32

// Compare computes the prompts of a reference with a model. each, if it is not nil, is
// called with every row as it is done.
func Compare(ctx context.Context, e *engine.Engine, r *Reference, each func(Row)) (*Report, error) {
	if e.Vocabulary() != r.Vocabulary {
		return nil, fmt.Errorf("golden: the model has %d logits, the reference %d: it is of another model", e.Vocabulary(), r.Vocabulary)
	}
	c := &comparison{e: e, r: r}
	for range atOnce {
		c.logits = append(c.logits, make([]float32, r.Vocabulary))
	}
	report := &Report{Model: e.Info().Name, Reference: r.Model, Threads: e.Options().Threads}
	for i := range r.Prompts {
		row, err := c.prompt(ctx, i)
		if err != nil {
			return nil, fmt.Errorf("golden: prompt %q: %w", r.Prompts[i].Name, err)
		}
		report.Prompts = append(report.Prompts, row)
		report.Positions += row.Positions
		report.Agree += row.Agree
		if row.Greedy == row.GreedyOf {
			report.GreedySame++
		}
		if each != nil {
			each(row)
		}
	}
	report.Top1 = 100 * float64(report.Agree) / float64(report.Positions)
	report.MeanKL = mean(c.all)
	report.P99KL = quantile(c.all, 0.99)
	report.MaxKL = slices.Max(c.all)
	return report, nil
}

type comparison struct {
	e      *engine.Engine
	r      *Reference
	logits [][]float32 // (atOnce, V)
	all    []float64   // KL of every position
}

func (c *comparison) prompt(ctx context.Context, i int) (Row, error) {
	p := &c.r.Prompts[i]
	row := Row{Name: p.Name, Positions: len(p.TopIDs), GreedyOf: len(p.Greedy)}
	seq, err := c.e.BeginPrivate(ctx, len(p.IDs)+len(p.Greedy))
	if err != nil {
		return row, err
	}
	defer seq.Close()
	if p.PositionsFrom > 0 {
		if err := seq.Append(ctx, p.IDs[:p.PositionsFrom]); err != nil {
			return row, err
		}
	}
	var kls []float64
	var last []float64
	err = c.logprobs(ctx, seq, p.IDs[p.PositionsFrom:], func(j int, x []float64) {
		if argmax(x) == int(p.TopIDs[j][0]) {
			row.Agree++
		}
		kls = append(kls, topKL(p.TopIDs[j], p.TopLogprobs[j], x))
		last = x
	})
	if err != nil {
		return row, err
	}
	c.all = append(c.all, kls...)
	row.MeanKL = mean(kls)
	want, err := c.r.lastLogits(i)
	if err != nil {
		return row, err
	}
	row.FullKL = fullKL(logSoftmax(want), last)

	// A greedy continuation is the reference's up to the first place where the likeliest
	// token after the reference's own tokens is another.
	if len(p.Greedy) == 0 {
		return row, nil
	}
	likeliest := []int{argmax(last)}
	err = c.logprobs(ctx, seq, p.Greedy[:len(p.Greedy)-1], func(_ int, x []float64) { likeliest = append(likeliest, argmax(x)) })
	for row.Greedy < len(p.Greedy) && err == nil && likeliest[row.Greedy] == int(p.Greedy[row.Greedy]) {
		row.Greedy++
	}
	return row, err
}

// logprobs appends tokens and gives the log-probabilities after each. x is the callee's.
func (c *comparison) logprobs(ctx context.Context, seq *engine.Sequence, ids []int32, each func(j int, x []float64)) error {
	for from := 0; from < len(ids); from += atOnce {
		n := min(atOnce, len(ids)-from)
		if err := seq.Append(ctx, ids[from:from+n], c.logits[:n]...); err != nil {
			return err
		}
		for j := range n {
			each(from+j, logSoftmax(c.logits[j]))
		}
	}
	return nil
}

func logSoftmax(logits []float32) []float64 {
	most := float64(slices.Max(logits))
	sum := 0.0
	x := make([]float64, len(logits))
	for i, v := range logits {
		x[i] = float64(v) - most
		sum += math.Exp(x[i])
	}
	log := math.Log(sum)
	for i := range x {
		x[i] -= log
	}
	return x
}

// topKL is the divergence with the tokens ids as outcomes, and all others as one.
func topKL(ids []int32, want []float64, got []float64) float64 {
	kl, restWant, restGot := 0.0, 1.0, 1.0
	for i, id := range ids {
		p := math.Exp(want[i])
		kl += p * (want[i] - got[id])
		restWant -= p
		restGot -= math.Exp(got[id])
	}
	const least = 1e-9 // sums of rounded numbers may pass 1
	restWant, restGot = max(least, restWant), max(least, restGot)
	return kl + restWant*math.Log(restWant/restGot)
}

func fullKL(want, got []float64) float64 {
	kl := 0.0
	for i, w := range want {
		kl += math.Exp(w) * (w - got[i])
	}
	return kl
}

func argmax(x []float64) int {
	best := 0
	for i, v := range x {
		if v > x[best] {
			best = i
		}
	}
	return best
}

func mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

// quantile interpolates between the two nearest values.
func quantile(x []float64, q float64) float64 {
	s := slices.Sorted(slices.Values(x))
	at := q * float64(len(s)-1)
	i := int(at)
	if i+1 >= len(s) {
		return s[len(s)-1]
	}
	return s[i] + (at-float64(i))*(s[i+1]-s[i])
}
