package engine

import (
	"context"
	"time"
)

// ahead computes the logits of an answer, and along with those that are needed now the
// ones behind tokens that are guessed to follow: if they do follow, theirs are there. As a
// pass is bound by reading the weights, some rows more cost little. What is chosen, and from
// what, is the same with and without guesses, so the answer is the same too.
type ahead struct {
	a      *answer
	seq    *Sequence
	lookup lookup
	trust  trust
	draft  *draft // nil if there is no smaller model

	rows    [][]float32 // logits after the first known tokens, and after each of guesses
	row     int         // of rows, that next returned
	known   int         // tokens of the answer that the sequence has
	guesses []int32     // those that it has behind them

	at, agree int // what lookup found last
}

func newAhead(a *answer, seq *Sequence) *ahead {
	h := &ahead{a: a, seq: seq, known: seq.Len(), trust: newTrust()}
	if a.e.draft != nil {
		h.draft = &draft{engine: a.e.draft}
	}
	return h
}

// next returns the logits after the tokens of the answer, of which there is at least one
// more than at the last call. They may be written to; the sequence knows which of row are
// left out.
func (h *ahead) next(ctx context.Context) ([]float32, error) {
	tokens := h.a.tokens
	guessing := h.a.e.options.Lookup > 0
	if guessing {
		if h.agree > 0 {
			h.trust.learn(h.agree, tokens[h.lookup.end] == h.follower())
		}
		h.at, h.agree = h.lookup.find(tokens)
	}
	came := h.came()
	if h.known+came == len(tokens) {
		h.row = came
		return h.rows[came], nil
	}
	h.settle(came)
	h.guesses = h.guesses[:0]
	rows, gain := len(tokens)-h.seq.Len(), 0.0
	if guessing {
		gain = h.guess(rows)
	}
	if h.draft != nil {
		guesses, err := h.draft.guess(ctx, h.a, rows, gain)
		if err != nil {
			return nil, err
		}
		if len(guesses) > 0 {
			h.guesses = append(h.guesses[:0], guesses...)
		}
	}
	n := len(h.guesses)
	for len(h.rows) <= n {
		h.rows = append(h.rows, make([]float32, h.a.e.vocabulary))
	}
	ids := append(tokens[h.seq.Len():len(tokens):len(tokens)], h.guesses...)
	start := time.Now()
	if err := h.seq.append(ctx, ids, n, h.rows[:1+n], h.a.wants(h.guesses)); err != nil {
		return nil, err
	}
	took := time.Since(start)
	h.a.e.costs.learn(len(ids), took)
	if h.draft != nil {
		h.draft.passed = took
	}
	h.known, h.row = len(tokens), 0
	h.a.usage.Guessed += n
	return h.rows[0], nil
}

// follower returns the token that lookup found last.
func (h *ahead) follower() int32 { return h.a.tokens[h.at] }

// came returns how many of the guesses, from the first on, the answer went on with.
func (h *ahead) came() int {
	n := 0
	for n < len(h.guesses) && h.known+n < len(h.a.tokens) && h.a.tokens[h.known+n] == h.guesses[n] {
		n++
	}
	return n
}

// settle takes back the guesses after the first came.
func (h *ahead) settle(came int) {
	h.a.usage.Accepted += came
	if h.draft != nil {
		h.draft.finish(h.a.e, came)
	}
	if came < len(h.guesses) {
		h.seq.truncate(h.known + came)
	}
}

// close leaves the sequence with what belongs to the answer.
func (h *ahead) close() {
	h.settle(h.came())
	h.guesses = h.guesses[:0]
}

// release ends the draft's sequence, also after an error.
func (h *ahead) release() {
	if h.draft != nil && h.draft.seq != nil {
		h.draft.seq.Close()
	}
}

// guess sets guesses, for a pass of so many rows without them. What the grammar refuses and
// what ends an answer is not guessed, nor what the limit leaves no room to go on after. gain
// is how much faster the answer is expected to be written with them.
func (h *ahead) guess(rows int) (gain float64) {
	a := h.a
	most := min(a.e.options.Lookup/a.e.scheduler.writers(), a.limit-len(a.tokens)-1)
	if h.agree == 0 || most <= 0 || rows >= fewTokens {
		return 0
	}
	n, gain := a.e.costs.plan(&h.trust, h.agree, rows, most)
	h.guesses = follow(h.guesses, a.tokens, h.at, n)
	for i, id := range h.guesses {
		if a.e.tokenizer.Control(id) {
			h.guesses = h.guesses[:i]
			break
		}
	}
	if a.matcher != nil && len(h.guesses) > 0 {
		m := a.matcher.Clone()
		for i, id := range h.guesses {
			if m.Accept(id) != nil {
				h.guesses = h.guesses[:i]
				break
			}
		}
	}
	if len(h.guesses) == 0 {
		return 0
	}
	return gain
}
