package engine

import (
	"context"
	"fmt"
	"math"

	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/chat"
	"github.com/qwen-agent/qwen-agent/llm/grammar"
)

// weighing decides by the first token's probabilities whether an answer is a call or words. Small models begin a
// call far too easily where no tool fits; how sure they are of it tells the two apart better than what is
// likeliest.
type weighing struct {
	at    float64
	first []uint64 // bits of the tokens that begin a call
	calls *grammar.Grammar
	words bool // it is not a call
}

func (e *Engine) newWeighing(f chat.Format, r *llm.Request) (*weighing, error) {
	if _, thinks := chat.ThoughtOf(f, r); thinks {
		return nil, fmt.Errorf("engine: a request with CallAt whose answer may begin with a thought, want thinking off")
	}
	tools, _ := allowed(r)
	any, err := e.callGrammar(callsOf(f, tools, true), false)
	if err != nil {
		return nil, fmt.Errorf("engine: %w", err)
	}
	w := &weighing{at: *r.Choice.CallAt, first: make([]uint64, (e.vocabulary+63)/64)}
	any.Matcher(e.grammarTokens()).Mask(w.first)
	w.calls, err = e.callGrammar(callsOf(f, tools, false), false)
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
	most := none
	for _, x := range logits {
		most = max(most, x)
	}
	var all, calls float64
	for id, x := range logits {
		p := math.Exp(float64(x - most))
		all += p
		if a.weighing.begins(int32(id)) {
			calls += p
		}
	}
	a.calling = calls / all
	if a.weighing.words = a.calling < a.weighing.at; !a.weighing.words {
		a.follow(a.weighing.calls.Matcher(a.e.grammarTokens()))
	}
	return nil
}
