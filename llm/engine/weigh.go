package engine

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/chat"
	"github.com/qwen-agent/qwen-agent/llm/grammar"
)

// weighing decides whether an answer is a call or words. Small models begin a call far too easily where
// no tool fits; how sure they are of it tells the two apart better than what is likeliest, and so does what they would
// call: where nothing fits, they think of a name that no tool has.
type weighing struct {
	at    float64
	first []uint64       // bits of the tokens that begin a call
	all   []grammar.Call // in all forms
	calls []grammar.Call // in those that the model is held to
	words bool           // it is not a call
}

// newWeighing returns what decides about an answer to r; nil if the model does so itself.
func (e *Engine) newWeighing(f chat.Format, r *llm.Request) (*weighing, error) {
	var at float64
	switch c := r.Choice; {
	case c != nil && c.CallAt != nil:
		if at = *c.CallAt; at < 0 {
			return nil, nil
		}
	case e.habits.call == nil || r.Messages[len(r.Messages)-1].Role != llm.User:
		return nil, nil // what it was measured at is a question
	default:
		at = llm.DefaultCallAt
	}
	if _, thinks := chat.ThoughtOf(f, r); thinks {
		if r.Choice == nil || r.Choice.CallAt == nil {
			return nil, nil
		}
		return nil, fmt.Errorf("engine: a request with CallAt whose answer may begin with a thought, want thinking off")
	}
	tools, _ := allowed(r)
	w := &weighing{at: at, first: make([]uint64, (e.vocabulary+63)/64), all: callsOf(f, tools, true), calls: callsOf(f, tools, false)}
	any, err := e.callGrammar(w.all, false)
	if err != nil {
		return nil, fmt.Errorf("engine: %w", err)
	}
	any.Matcher(e.grammarTokens()).Mask(w.first)
	return w, err
}

// begins says whether a token begins a call.
func (w *weighing) begins(id int32) bool { return w.first[id/64]>>(id%64)&1 == 1 }

// weigh makes the decision. logits are those after the prompt.
func (a *answer) weigh(ctx context.Context, h *ahead, logits []float32) error {
	if h.seq.floor(h.row) > none { // some were left out
		if err := h.seq.again(ctx, h.row, logits); err != nil {
			return err
		}
	}
	for _, id := range a.e.never {
		logits[id] = none
	}
	a.odds.First = massOf(logits, a.weighing.first)
	a.odds.Call = a.odds.First
	if b := a.e.habits.call; b != nil {
		var err error
		if a.odds.Name, err = a.weighName(ctx, h, logits); err != nil {
			return err
		}
		a.odds.Call = b.odds(a.odds.First, a.odds.Name)
	}
	if a.weighing.words = a.odds.Call < a.weighing.at; a.weighing.words {
		a.watch, a.parser = nil, a.format.Parser(&llm.Request{Messages: a.request.Messages})
		return nil
	}
	g, err := a.e.callGrammar(a.weighing.calls, false)
	if err != nil {
		return err
	}
	return a.follow(g.Matcher(a.e.grammarTokens()), a.weighing.calls, false, "")
}

// weighName returns the probability that the model gives to the name of a tool, if it has to name one in the form of
// a call that it would most likely begin.
func (a *answer) weighName(ctx context.Context, h *ahead, logits []float32) (float64, error) {
	var ids []int32
	var open string
	for _, c := range a.weighing.all {
		if c.Open == open {
			continue
		}
		if opened := a.openTokens(c.Open); ids == nil || logits[opened[0]] > logits[ids[0]] {
			ids, open = opened, c.Open
		}
	}
	if len(a.tokens)+len(ids) > a.limit {
		return 1, nil
	}
	of := slices.DeleteFunc(slices.Clone(a.weighing.all), func(c grammar.Call) bool { return c.Open != open })
	g, err := a.e.callGrammar(of, true)
	if err != nil {
		return 0, err
	}
	names := make([]uint64, len(a.weighing.first))
	g.Matcher(a.e.grammarTokens()).Mask(names)
	row := make([]float32, a.e.vocabulary)
	h.settle(h.came()) // what was guessed to follow
	h.guesses = h.guesses[:0]
	if err := h.seq.append(ctx, ids, len(ids), [][]float32{row}, want{}); err != nil {
		return 0, err
	}
	h.seq.truncate(h.known)
	return massOf(row, names), nil
}

// openTokens returns the tokens of the beginning of a call.
func (a *answer) openTokens(open string) []int32 {
	b := &answer{e: a.e, tags: chat.CallTags(), limit: -1}
	return b.tokensOf([]byte(open))
}

// massOf returns the probability of some tokens, as bits.
func massOf(logits []float32, of []uint64) float64 {
	most := slices.Max(logits)
	var all, some float64
	for id, x := range logits {
		p := math.Exp(float64(x - most))
		all += p
		if of[id/64]>>(id%64)&1 == 1 {
			some += p
		}
	}
	return some / all
}

