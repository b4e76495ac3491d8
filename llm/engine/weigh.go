package engine

import (
	"context"
	"fmt"
	"math"
	mathbits "math/bits"
	"slices"
	"strings"

	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/chat"
	"github.com/qwen-agent/qwen-agent/llm/grammar"
)

// weighing decides whether an answer is a call or words. Small models begin a call far too
// easily where no tool fits; how sure they are of it tells the two apart better than what is likeliest, and so does what
// they would call: where nothing fits, they think of a name that no tool has.
type weighing struct {
	at     float64        // the probability from which on the answer is a call
	forced bool           // it is one anyway
	first  []uint64       // bits of the tokens that begin a call
	all    []grammar.Call // in all forms
	calls  []grammar.Call // in those that the model is held to
	fenced *fenced        // nil if there is nothing more to ask than the first token
	words  bool           // it is not a call
	turn   *turnHabit     // of the format turn, where a thought comes first; the fields above but at have no part in it
	name   string         // of the tool that the first call is of; "" is what comes
}

// fenced are two forms of calls of which only the second has room for several, and that begin with the same fence.
type fenced struct {
	habit     *callHabit
	fence     string
	one, list []grammar.Call
}

// newFenced returns what a model whose habits are known is asked in a format; nil if they are not.
func (e *Engine) newFenced(f chat.Format, all []grammar.Call) *fenced {
	w := &fenced{habit: e.habits.call}
	if w.habit == nil || !slices.Contains(habitFormats, f.Name()) {
		return nil
	}
	for _, c := range all {
		if before, _, ok := strings.Cut(c.Open, "["); ok {
			w.fence, w.list = before, append(w.list, c)
		}
	}
	for _, c := range all {
		if strings.HasPrefix(c.Open, w.fence+"{") {
			w.one = append(w.one, c)
		}
	}
	if w.fence == "" || len(w.one) == 0 {
		return nil
	}
	return w
}

// newWeighing returns what decides about an answer to r; nil if the model does so itself.
func (e *Engine) newWeighing(f chat.Format, r *llm.Request) (*weighing, error) {
	tools, words := allowed(r)
	if len(tools) == 0 {
		return nil, nil
	}
	if f.Name() == "turn" {
		return e.newTurnWeighing(r, words), nil
	}
	w := &weighing{at: llm.DefaultCallAt, forced: !words, all: callsOf(f, tools, true), calls: callsOf(f, tools, false)}
	if len(w.all) == 0 {
		return nil, nil
	}
	w.fenced = e.newFenced(f, w.all)
	asked := r.Choice != nil && r.Choice.CallAt != nil
	if asked {
		w.at = *r.Choice.CallAt
	}
	switch _, thinks := chat.ThoughtOf(f, r); {
	case w.forced && w.fenced == nil, w.at < 0 && !w.forced:
		return nil, nil
	case w.forced:
		w.at = 0
	case asked && w.at > 0 && chat.BeginsAloud(f):
		return nil, fmt.Errorf("engine: a request with a CallAt of %g in the format %s, whose answers begin with a thought, want another format, 0 for a call, or %g for what the model begins", w.at, f.Name(), llm.CallFreely)
	case thinks && asked:
		return nil, fmt.Errorf("engine: a request with CallAt whose answer may begin with a thought, want thinking off")
	case !asked && (thinks || w.fenced == nil || r.Messages[len(r.Messages)-1].Role != llm.User):
		return nil, nil // what habits were measured at is a question
	}
	w.first = make([]uint64, (e.vocabulary+63)/64)
	any, err := e.callGrammar(w.all, false)
	if err != nil {
		return nil, fmt.Errorf("engine: %w", err)
	}
	any.Matcher(e.grammarTokens()).Mask(w.first)
	return w, nil
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
	w := a.weighing
	if w.turn != nil {
		return a.weighTurn(ctx, h)
	}
	a.odds.First = massOf(logits, w.first)
	a.odds.Call = a.odds.First
	spec := grammar.CallsSpec{Calls: w.calls}
	if w.fenced != nil {
		known, err := a.weighFenced(ctx, h)
		if err != nil {
			return err
		}
		if known {
			spec = grammar.CallsSpec{Calls: w.fenced.list, First: w.name}
		}
	}
	if w.words = !w.forced && a.odds.Call < w.at; w.words {
		a.watch, a.parser = nil, a.format.Parser(&llm.Request{Messages: a.request.Messages})
		return nil
	}
	return a.follow(spec, "")
}

// weighFenced asks what the model would name if it had to call a tool, and whether it would begin a list. It reports
// false if there is no room for the question.
func (a *answer) weighFenced(ctx context.Context, h *ahead) (known bool, err error) {
	w := a.weighing.fenced
	e := a.e
	ids := e.encodeExactly(nil, w.fence)
	fence := len(ids)
	ids = e.encodeExactly(ids, w.one[0].Open[len(w.fence):])
	if len(a.tokens)+len(ids) > a.limit {
		return false, nil
	}
	g, err := e.callsGrammar(grammar.CallsSpec{Calls: w.one, Begun: true, Most: 1})
	if err != nil {
		return false, err
	}
	names := make([]uint64, len(a.weighing.first))
	g.Matcher(e.grammarTokens()).Mask(names)
	rows := make([][]float32, len(ids)-fence+1)
	for i := range rows {
		rows[i] = make([]float32, e.vocabulary)
	}
	h.close() // without what was guessed to follow
	if err := h.seq.append(ctx, ids, len(ids), rows, want{}); err != nil {
		return false, err
	}
	list, one := e.brackets()
	several := massOf(rows[0], list)
	a.odds.Several = several / (several + massOf(rows[0], one))
	logits := rows[len(rows)-1]
	a.odds.Name = massOf(logits, names)
	a.odds.Call = w.habit.odds(a.odds)
	if calls := a.weighing.forced || a.odds.Call >= a.weighing.at; calls && a.recorded == nil && sampling(a.request.Sampling).Temperature == 0 {
		a.weighing.name, err = a.pick(ctx, h, g.Matcher(e.grammarTokens()), logits, a.limit-len(a.tokens)-len(ids))
	}
	h.seq.truncate(h.known)
	return true, err
}

// pick returns the tool that the model names in an object by itself: in a list the first one that it names is more
// often the first one that there is. logits are those behind the beginning of the object, m is its grammar, and room how many
// tokens there are for names that begin alike; if that is too few, or the logits leave it open, the tool is "".
func (a *answer) pick(ctx context.Context, h *ahead, m *grammar.Matcher, logits []float32, room int) (string, error) {
	left := slices.Clone(a.weighing.fenced.one)
	bits := make([]uint64, len(a.weighing.first))
	for text := ""; ; room-- {
		id := a.best(m, bits, logits)
		text += string(a.e.tokenizer.Token(id))
		left = slices.DeleteFunc(left, func(c grammar.Call) bool {
			name := c.Name + c.Separator
			return !strings.HasPrefix(name, text) && !strings.HasPrefix(text, name)
		})
		switch {
		case len(left) == 1:
			return left[0].Tool.Name, nil
		case len(left) == 0 || room == 0:
			return "", nil
		}
		if err := h.seq.append(ctx, []int32{id}, 1, [][]float32{logits}, want{}); err != nil {
			return "", err
		}
		if err := m.Accept(id); err != nil {
			return "", err
		}
	}
}

// best returns the likeliest token that a grammar allows.
func (a *answer) best(m *grammar.Matcher, bits []uint64, logits []float32) int32 {
	m.Mask(bits)
	best := int32(-1)
	for w, of := range bits {
		for ; of != 0; of &= of - 1 {
			if id := int32(w*64 + mathbits.TrailingZeros64(of)); best < 0 || logits[id] > logits[best] {
				best = id
			}
		}
	}
	return best
}

// bracketTokens returns the bits of the tokens that begin with a bracket, and with a brace.
func (e *Engine) bracketTokens() (list, one []uint64) {
	list, one = make([]uint64, (e.vocabulary+63)/64), make([]uint64, (e.vocabulary+63)/64)
	for id := range e.vocabulary {
		switch text := e.tokenizer.Token(int32(id)); {
		case len(text) == 0:
		case text[0] == '[':
			list[id/64] |= 1 << (id % 64)
		case text[0] == '{':
			one[id/64] |= 1 << (id % 64)
		}
	}
	return list, one
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
