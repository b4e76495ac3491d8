package engine

import (
	"context"
	"fmt"

	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/grammar"
)

// write chooses tokens until the answer ends. logits are those after the prompt.
func (a *answer) write(ctx context.Context, h *ahead, logits []float32) (llm.Reason, error) {
	for {
		if a.matcher != nil && a.matcher.Ended() {
			return llm.Stop, nil
		}
		if len(a.tokens) == a.limit || a.endLoops && a.recorded == nil && loops(a.tokens[len(a.prompt):]) {
			return llm.Length, nil
		}
		id, err := a.choose(ctx, h, logits)
		if err != nil {
			return "", err
		}
		if a.further != nil && a.recorded == nil {
			repeated := false
			if id, repeated, err = a.decide(ctx, h, logits, id); err != nil {
				return "", err
			}
			if repeated {
				return llm.Stop, a.takeBack(h)
			}
		}
		ended := a.e.ends[id]
		late := !ended && a.late(id)
		if a.recorded != nil {
			id, ended = a.recorded.next(a.usage.Generated)
			if ended {
				return a.recorded.end(), nil
			}
			late = a.deadline && a.recorded.late(a.usage.Generated, a.closing(a.matcher))
		}
		if ended {
			return llm.Stop, nil
		}
		if late {
			return llm.Length, a.finish(a.matcher.Shortest(nil))
		}
		if done, err := a.accept(id); done || err != nil {
			return llm.Stop, err
		}
		if done, err := a.force(); done || err != nil {
			return llm.Stop, err
		}
		if len(a.tokens) == a.limit || a.matcher != nil && a.matcher.Ended() {
			continue // the logits after the last token are not needed
		}
		if logits, err = h.next(ctx); err != nil {
			return "", err
		}
	}
}

// choose samples the next token. If the logits leave open which that is, as some were left out,
// all of them are computed.
func (a *answer) choose(ctx context.Context, h *ahead, logits []float32) (int32, error) {
	id, ok, err := a.chooseAbove(h.seq.floor(h.row), logits)
	if ok || err != nil {
		return id, err
	}
	if err := h.seq.again(ctx, h.row, logits); err != nil {
		return 0, err
	}
	id, _, err = a.chooseAbove(none, logits)
	return id, err
}

// chooseAbove is choose for logits of which some may be left out, which are less than floor. It
// reports false, with nothing drawn, if the choice may depend on these.
func (a *answer) chooseAbove(floor float32, logits []float32) (id int32, ok bool, err error) {
	for _, id := range a.e.never {
		logits[id] = none
	}
	if a.weighing != nil && a.weighing.words && len(a.tokens) == len(a.prompt) {
		for id := range logits {
			if a.weighing.begins(int32(id)) {
				logits[id] = none
			}
		}
	}
	allows, mask := a.constraint(a.matcher)
	id, ok, err = a.sampler.SampleAbove(floor, logits, a.tokens, allows, mask)
	if err != nil {
		return 0, true, fmt.Errorf("engine: token %d of the answer: %w", a.usage.Generated+1, err)
	}
	return id, ok, nil
}

// constraint returns what a sampler has to know of the grammar at the place of m, which is
// nil if anything goes.
func (a *answer) constraint(m *grammar.Matcher) (allows func(int32) bool, mask func([]uint64)) {
	if m == nil {
		return nil, nil
	}
	allows = func(id int32) bool {
		if a.e.ends[id] {
			return m.Done()
		}
		return m.Allows(id)
	}
	mask = func(bits []uint64) {
		m.Mask(bits)
		if m.Done() {
			for id := range a.e.ends {
				bits[id/64] |= 1 << (id % 64)
			}
		}
	}
	return allows, mask
}

// accept adds a token to the answer and passes its text on. done says that a stop string
// came.
func (a *answer) accept(id int32) (done bool, err error) {
	if a.recorded != nil {
		if err := a.recorded.check(a.usage.Generated, id); err != nil {
			return false, err
		}
	}
	a.tokens = append(a.tokens, id)
	a.usage.Generated++
	if a.matcher != nil {
		if err := a.matcher.Accept(id); err != nil {
			return false, fmt.Errorf("engine: token %d of the answer: %w", a.usage.Generated, err)
		}
		if err := a.count(a.e.tokenizer.Token(id)); err != nil {
			return false, err
		}
	}
	certain := a.decoder.Write(id)
	if err := a.notice(certain); err != nil {
		return false, err
	}
	done, err = a.say(certain)
	if !done && err == nil && a.thinking.write(id, certain) {
		return a.endThought()
	}
	return done, err
}

// count tells what decides about further calls of text that the grammar has accepted.
func (a *answer) count(b []byte) error {
	if a.further == nil {
		return nil
	}
	return a.further.accept(b)
}

// say passes text on, up to a stop string.
func (a *answer) say(text string) (done bool, err error) {
	if a.further != nil && a.further.back != nil {
		a.further.held = append(a.further.held, text...)
		return false, nil
	}
	text, done = a.stops.write(text)
	if done {
		a.decoder.Flush() // the end of the stop string's token is no part of the answer
	}
	return done, a.pass(text)
}

// close passes on what was held back.
func (a *answer) close() error {
	if err := a.release(); err != nil {
		return err
	}
	rest, done := a.stops.write(a.decoder.Flush())
	if !done {
		rest += a.stops.flush()
	}
	if err := a.pass(rest); err != nil {
		return err
	}
	return a.chunks(a.parser.Close())
}

// pass gives text to the parser and its chunks to the consumer.
func (a *answer) pass(text string) error {
	if text == "" {
		return nil
	}
	a.raw.WriteString(text)
	return a.chunks(a.parser.Write(text))
}

func (a *answer) chunks(chunks []llm.Chunk) error {
	for _, c := range chunks {
		a.thought.WriteString(c.Thought)
		a.text.WriteString(c.Text)
		if c.Call != nil {
			a.message.Calls = append(a.message.Calls, *c.Call)
		}
		if !a.yield(c) {
			return errBroken
		}
	}
	return nil
}
