package engine

import (
	"bytes"
	"context"
	"math"
	mathbits "math/bits"
	"slices"

	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/chat"
	"github.com/qwen-agent/qwen-agent/llm/grammar"
)

// further decides at the end of each call of an answer whether another one follows. Small models go on too
// easily in a form that invites it, and so call what was not asked for; how sure they are of it tells more than
// what is likeliest. A call that was made already is taken back, and the answer ends without it.
type further struct {
	spec grammar.CallsSpec
	at   float64 // the probability of another call from which on there is one

	second func(odds float64) bool // says so after the first; nil is as after the others

	n          int              // calls that have ended
	text       []byte           // of the calls so far
	this, next *grammar.Matcher // of answers that end with the call under way, and that do not; next is nil if they must end

	odds    []float64 // of another call, after each
	back    *retreat  // to before the call under way; nil if that is the first
	held    []byte    // text of it that is not passed on yet
	stopped bool      // the answer is brought to its end
	parse   func(raw string) []llm.Call
	grammar func(grammar.CallsSpec) (*grammar.Grammar, error)
	tokens  *grammar.Vocabulary
}

// retreat is the end of a call behind which another one was begun.
type retreat struct {
	tokens  int // of the prompt and the answer
	this    *grammar.Matcher
	closing []byte // what ends the answer there
}

// newFurther returns what decides about an answer to r that is such calls, of which the first may have begun with rest
// behind that; nil if the model does so itself, or there is nothing to decide.
func (e *Engine) newFurther(f chat.Format, r *llm.Request, spec grammar.CallsSpec, rest string) (*further, error) {
	next := slices.ContainsFunc(spec.Calls, func(c grammar.Call) bool { return c.Next != "" })
	if e.habits.more == 0 || !next || spec.Most == 1 {
		return nil, nil
	}
	d := &further{spec: spec, at: e.habits.more, grammar: e.callsGrammar, tokens: e.grammarTokens()}
	d.parse = func(raw string) []llm.Call { return callsIn(f, r, raw) }
	if err := d.count(0); err != nil {
		return nil, err
	}
	return d, d.accept([]byte(rest))
}

// callsIn returns the calls of an answer to r.
func callsIn(f chat.Format, r *llm.Request, raw string) (found []llm.Call) {
	p := f.Parser(r)
	for _, c := range append(p.Write(raw), p.Close()...) {
		if c.Call != nil {
			found = append(found, *c.Call)
		}
	}
	return found
}

// count goes on with n calls that have ended.
func (d *further) count(n int) error {
	d.n, d.next = n, nil
	spec := d.spec
	spec.Least, spec.Most = n+1, n+1
	g, err := d.grammar(spec)
	if err != nil {
		return err
	}
	d.this = g.Matcher(d.tokens)
	if n+1 < grammar.MostCalls {
		spec.Least, spec.Most = n+2, 0
		if g, err = d.grammar(spec); err != nil {
			return err
		}
		d.next = g.Matcher(d.tokens)
	}
	if err := d.this.AcceptBytes(d.text); err != nil {
		return err
	}
	if d.next != nil && d.next.AcceptBytes(d.text) != nil { // of a form that has none
		d.next = nil
	}
	return nil
}

// accept goes on by text of the answer.
func (d *further) accept(b []byte) error {
	if d.stopped {
		return nil
	}
	d.text = append(d.text, b...)
	if d.next != nil && d.next.AcceptBytes(b) != nil {
		d.next = nil // it ends with this call
	}
	if d.this.AcceptBytes(b) == nil {
		return nil
	}
	return d.count(d.n + 1)
}

// sides says whether an answer may go on with a token if it ends with the call under way, and if it does not.
func (a *answer) sides(id int32) (ends, goes bool) {
	d := a.further
	if a.e.ends[id] {
		return d.this.Done(), false
	}
	return d.this.Allows(id), d.next.Allows(id)
}

// decide makes the decision where the chosen token would do so, and returns the token to go on with. repeated
// says that the call that has ended is to be taken back.
func (a *answer) decide(ctx context.Context, h *ahead, logits []float32, id int32) (_ int32, repeated bool, err error) {
	d := a.further
	if d.next == nil {
		return id, false, nil
	}
	ends, goes := a.sides(id)
	if ends == goes {
		return id, false, nil
	}
	closing := a.ending(id)
	if d.back != nil && d.repeats(a.raw.String()+string(d.held)+string(closing)) {
		return id, true, nil
	}
	if err := a.release(); err != nil {
		return id, false, err
	}
	if h.seq.floor(h.row) > none {
		if err := h.seq.again(ctx, h.row, logits); err != nil {
			return id, false, err
		}
	}
	end, more, open, odds := a.divide(logits)
	if end < 0 || more < 0 { // one token goes on, as "}}},", and none ends: that is for the next one to decide
		if open >= 0 {
			id = open
		}
		return id, false, nil
	}
	d.odds = append(d.odds, odds)
	enough := odds >= d.at
	if len(d.odds) == 1 && d.second != nil {
		enough = d.second(odds)
	}
	if !enough {
		if goes {
			id = end
		}
		return id, false, nil
	}
	if !goes {
		id = more
	}
	d.back = &retreat{len(a.tokens), d.this.Clone(), a.ending(id)}
	return id, false, nil
}

// ending returns the text that ends the answer with the call under way, of which a chosen token may write the last
// bytes.
func (a *answer) ending(id int32) []byte {
	m := a.further.this.Clone()
	var text []byte
	if !a.e.ends[id] {
		for _, c := range a.e.tokenizer.Token(id) {
			if m.AcceptBytes([]byte{c}) != nil {
				break
			}
			text = append(text, c)
		}
	}
	return append(text, m.Shortest(nil)...)
}

// divide returns the likeliest token to end with, to go on with and to leave that open, each -1 if there is none, and the probability of
// another call among those that decide.
func (a *answer) divide(logits []float32) (end, more, open int32, odds float64) {
	d := a.further
	var bits [2][]uint64
	for i, m := range []*grammar.Matcher{d.this, d.next} {
		bits[i] = make([]uint64, (a.e.vocabulary+63)/64)
		m.Mask(bits[i])
	}
	if d.this.Done() {
		for id := range a.e.ends {
			bits[0][id/64] |= 1 << (id % 64)
		}
	}
	best := [3]int32{-1, -1, -1}
	for w := range bits[0] {
		for i, of := range [3]uint64{bits[0][w] &^ bits[1][w], bits[1][w] &^ bits[0][w], bits[0][w] & bits[1][w]} {
			for ; of != 0; of &= of - 1 {
				id := int32(w*64 + mathbits.TrailingZeros64(of))
				if best[i] < 0 || logits[id] > logits[best[i]] {
					best[i] = id
				}
			}
		}
	}
	if best[0] < 0 || best[1] < 0 {
		return best[0], best[1], best[2], 0
	}
	most := max(logits[best[0]], logits[best[1]])
	var mass [2]float64
	for side := range mass {
		for w, of := range bits[side] {
			for of &^= bits[1-side][w]; of != 0; of &= of - 1 {
				mass[side] += math.Exp(float64(logits[w*64+mathbits.TrailingZeros64(of)] - most))
			}
		}
	}
	return best[0], best[1], best[2], mass[1] / (mass[0] + mass[1])
}

// repeats reports whether the last call of an answer was made before.
func (d *further) repeats(raw string) bool {
	calls := d.parse(raw)
	if len(calls) == 0 {
		return false
	}
	last := calls[len(calls)-1]
	return slices.ContainsFunc(calls[:len(calls)-1], func(c llm.Call) bool {
		return c.Name == last.Name && bytes.Equal(c.Arguments, last.Arguments)
	})
}

// release passes on what was held back.
func (a *answer) release() error {
	if a.further == nil || a.further.back == nil {
		return nil
	}
	text := string(a.further.held)
	a.further.held, a.further.back = nil, nil
	_, err := a.say(text)
	return err
}

// takeBack ends the answer without the call under way, of which nothing was passed on.
func (a *answer) takeBack(h *ahead) error {
	h.close()
	back := a.further.back
	a.further.back, a.further.held, a.further.stopped = nil, nil, true
	a.usage.Generated -= len(a.tokens) - back.tokens
	a.tokens, a.matcher = a.tokens[:back.tokens], back.this
	return a.finish(back.closing)
}
