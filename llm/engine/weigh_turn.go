package engine

import (
	"context"
	"math"
	"slices"

	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/chat"
)

// unfitted is for models that were not measured: what they give is taken as it is.
var unfitted = &turnHabit{first: 1}

// newTurnWeighing returns what decides whether an answer to r, in the format turn, must be words; nil if the model does so itself.
func (e *Engine) newTurnWeighing(r *llm.Request, words bool) *weighing {
	w := &weighing{at: llm.DefaultCallAt, turn: e.habits.turn}
	switch asked := r.Choice != nil && r.Choice.CallAt != nil; {
	case !words:
		return nil
	case asked && w.turn == nil:
		w.turn = unfitted
		fallthrough
	case asked:
		w.at = *r.Choice.CallAt
	case w.turn == nil || r.Schema != nil || r.Grammar != nil || r.Messages[len(r.Messages)-1].Role != llm.User:
		return nil // what habits were measured at is a question for words
	}
	if w.at <= 0 {
		return nil
	}
	return w
}

// weighTurn asks how a thought goes on that the model begins with "I": small models call a tool for nearly everything, but
// how much less likely it is to know the answer than to need something tells where there is something to know.
func (a *answer) weighTurn(ctx context.Context, h *ahead) error {
	w, e := a.weighing, a.e
	a.weighing = nil
	begun := e.encodeExactly(nil, chat.TurnBegins)
	know, need := e.encodeExactly(nil, chat.TurnKnows), e.encodeExactly(nil, chat.TurnNeeds)
	for know[0] == need[0] { // in vocabularies without these words
		begun, know, need = append(begun, know[0]), know[1:], need[1:]
	}
	written := a.tokens[len(a.prompt):]
	if len(written) >= len(begun) || !slices.Equal(written, begun[:len(written)]) || len(a.prompt)+len(begun) > a.limit {
		return nil
	}
	rest := begun[len(written):]
	logits := make([]float32, e.vocabulary)
	h.close() // without what was guessed to follow
	if err := h.seq.append(ctx, rest, len(rest), [][]float32{logits}, want{}); err != nil {
		return err
	}
	h.seq.truncate(h.known)
	a.odds.First = 1 / (1 + math.Exp(float64(logits[know[0]]-logits[need[0]])))
	a.odds.Call = w.turn.odds(a.odds.First)
	calls, rest := a.odds.Call >= w.at, append(rest, know...)
	if a.recorded != nil {
		calls = !slices.Equal(a.recorded.from(len(written), len(rest)), rest) || len(callsIn(a.format, a.request, e.tokenizer.Decode(a.recorded.tokens))) > 0
	}
	if calls {
		return nil
	}
	return a.words(rest)
}

// words has a turn call no tool, and begin with ids unless there is no room for them: otherwise models write of what they need, and then of files.
func (a *answer) words(ids []int32) error {
	r := *a.request
	r.Choice = &llm.Choice{Tools: []string{}}
	g, err := a.e.grammar(a.format, &r)
	if err != nil {
		return err
	}
	m := g.Matcher(a.e.grammarTokens())
	if err := m.AcceptBytes([]byte(a.raw.String())); err != nil {
		return err
	}
	a.matcher, a.deadline = m, a.fits(m, a.limit-len(a.tokens))
	if len(a.stops.strings) > 0 || !a.fitsAfter(ids, 0) {
		return nil
	}
	for _, id := range ids {
		a.usage.Forced++
		if _, err := a.accept(id); err != nil {
			return err
		}
	}
	return nil
}
