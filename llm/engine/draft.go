package engine

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/qwen-agent/qwen-agent/llm/sample"
)

// openDraft opens the smaller model that guesses for e.
func (e *Engine) openDraft(ctx context.Context, pages int) error {
	d, err := Open(ctx, e.options.Draft, Options{
		Threads: e.options.Threads, Context: e.options.Context, Batch: e.options.Batch, KV: e.options.KV, Lookup: -1, pages: pages,
	})
	if err != nil {
		return fmt.Errorf("engine: draft: %w", err)
	}
	e.draft = d
	if err := e.sameTokens(d); err != nil {
		return err
	}
	e.drafting = newDrafting(float64(d.info.Parameters) / float64(max(e.info.Parameters, 1)))
	return nil
}

// sameTokens returns an error unless the tokens of a draft are those of e. At the end either
// may have more that are never text, such as the padding of the larger models.
func (e *Engine) sameTokens(d *Engine) error {
	for id := range int32(max(e.tokenizer.Len(), d.tokenizer.Len())) {
		ours, theirs := e.tokenizer.Token(id), d.tokenizer.Token(id)
		control, controlToo := e.tokenizer.Control(id), d.tokenizer.Control(id)
		if control != controlToo || !bytes.Equal(ours, theirs) && ours != nil && theirs != nil {
			return fmt.Errorf("engine: draft %s: token %d is %s, wanted %s: the vocabularies of the two models have to be the same",
				d.path, id, describe(theirs, controlToo), describe(ours, control))
		}
	}
	return nil
}

func describe(token []byte, control bool) string {
	switch {
	case token == nil:
		return "not there"
	case control:
		return fmt.Sprintf("the control token %q", token)
	}
	return fmt.Sprintf("%q", token)
}

// draft guesses how one answer goes on with a smaller model, which reads the same tokens.
//
// Source: Leviathan, Kalman and Matias, Fast Inference from Transformers via Speculative
// Decoding (2023). A guess counts if the model, with its own random numbers, chooses the same
// token, so that the answer is the one without guesses and not only distributed like it.
type draft struct {
	engine *Engine // the smaller model
	seq    *Sequence
	greedy *sample.Sampler
	logits []float32

	known   int     // tokens of the answer that seq has
	guesses []int32 // those drafted behind them in the last round; seq has all but the last
	levels  []int   // how sure each was

	took, passed time.Duration // of the draft in the last round, 0 if there was none; of the pass
}

// guess returns tokens that a may go on with, beside so many rows that the model computes
// anyway. None are drafted where guesses that are there already let expect more, see gain.
func (d *draft) guess(ctx context.Context, a *answer, rows int, gain float64) ([]int32, error) {
	plan, c := a.e.drafting, a.e.costs
	most := min(fewTokens-rows, a.limit-len(a.tokens)-1)
	if worth := plan.gain(c); worth <= gain || worth < leastGain || most <= 0 || a.e.scheduler.writers() > 1 {
		return nil, nil
	}
	if err := d.settle(ctx, a); err != nil {
		return nil, err
	}
	if !plan.pays(c, len(a.tokens)-d.known, a.usage.Generated) {
		return nil, nil
	}
	m := a.matcher
	if m != nil {
		m = m.Clone()
	}
	text, read := slices.Clone(a.tokens[d.known:]), 0 // what seq does not have, and what it got of it
	for len(d.guesses) < most && plan.another(c, d.levels, rows) {
		ids, guessed := text[read:], min(len(d.guesses), 1)
		start := time.Now()
		if err := d.seq.append(ctx, ids, guessed, [][]float32{d.logits}, want{}); err != nil {
			return nil, err
		}
		took := time.Since(start)
		plan.step(len(ids), took)
		d.took += took
		read = len(text)
		level := sureness(d.logits)
		allows, mask := a.constraint(m)
		id, err := d.greedy.Sample(d.logits, nil, allows, mask)
		if err != nil || a.e.tokenizer.Control(id) || m != nil && m.Accept(id) != nil {
			break // the answer ends here, or the grammar leaves no token
		}
		text = append(text, id)
		d.guesses, d.levels = append(d.guesses, id), append(d.levels, level)
	}
	d.known = len(a.tokens)
	return d.guesses[:plan.trim(c, d.levels, rows)], nil
}

// settle begins a round: seq loses what the answer did not go on with, and what came is
// learned from.
func (d *draft) settle(ctx context.Context, a *answer) error {
	if d.seq == nil {
		seq, err := d.engine.Begin(ctx, a.prompt, a.limit)
		if err != nil {
			return err
		}
		d.seq, d.known = seq, seq.Len()
		d.greedy, d.logits = sample.New(sample.Options{}), make([]float32, d.engine.vocabulary)
		return nil
	}
	came := 0
	for came < len(d.guesses) && d.known+came < len(a.tokens) && a.tokens[d.known+came] == d.guesses[came] {
		came++
	}
	a.e.drafting.came(d.levels, came, len(a.tokens)-d.known)
	length := min(d.seq.Len(), d.known+came, len(a.tokens)-1) // one has to be left whose logits are needed
	if length < d.seq.Len() {
		d.seq.truncate(length)
	}
	d.known, d.guesses, d.levels = length, d.guesses[:0], d.levels[:0]
	return nil
}

// finish ends a round of which the first came of the verified guesses came.
func (d *draft) finish(e *Engine, came int) {
	if d.took > 0 {
		e.drafting.learn(e.costs, came, d.took+d.passed)
	}
	d.took = 0
}
