package engine

import (
	"context"
	"fmt"
	"math"

	"github.com/qwen-agent/qwen-agent/llm"
)

// write chooses tokens until the answer ends. logits are those after the prompt.
func (a *answer) write(ctx context.Context, h *ahead, logits []float32) (llm.Reason, error) {
	for {
		if a.matcher != nil && a.matcher.Ended() {
			return llm.Stop, nil
		}
		if len(a.tokens) == a.limit {
			return llm.Length, nil
		}
		id, err := a.choose(logits)
		if err != nil {
			return "", err
		}
		ended := a.e.ends[id]
		if a.recorded != nil {
			id, ended = a.recorded.next(a.usage.Generated)
		}
		if ended {
			return llm.Stop, nil
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

// choose samples the next token.
func (a *answer) choose(logits []float32) (int32, error) {
	for _, id := range a.e.never {
		logits[id] = float32(math.Inf(-1))
	}
	var allows func(int32) bool
	var mask func([]uint64)
	if m := a.matcher; m != nil {
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
	}
	id, err := a.sampler.Sample(logits, a.tokens, allows, mask)
	if err != nil {
		return 0, fmt.Errorf("engine: token %d of the answer: %w", a.usage.Generated+1, err)
	}
	return id, nil
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
	}
	text, done := a.stops.write(a.decoder.Write(id))
	if done {
		a.decoder.Flush() // the end of the stop string's token is no part of the answer
	}
	return done, a.pass(text)
}

// force adds the text that the grammar leaves no choice about, without having its tokens
// chosen one by one. It is tokenised by itself, and of its tokens the last is left to the
// model, if the text goes on: there it may well prefer a longer token that goes on beyond
// the forced text, as it would have without a grammar.
func (a *answer) force() (done bool, err error) {
	if a.matcher == nil {
		return false, nil
	}
	forced := a.matcher.Forced()
	if len(forced) == 0 {
		return false, nil
	}
	ids := a.e.tokenizer.Encode(nil, string(forced))
	if a.e.tokenizer.Decode(ids) != string(forced) {
		return false, nil // text that is not in normal form C, as tokens encode it
	}
	end := a.matcher.Clone()
	if err := end.AcceptBytes(forced); err != nil {
		return false, fmt.Errorf("engine: forced text: %w", err)
	}
	if !end.Ended() {
		ids = ids[:len(ids)-1]
	}
	for _, id := range ids {
		if len(a.tokens) == a.limit {
			break
		}
		a.usage.Forced++
		if done, err := a.accept(id); done || err != nil {
			return done, err
		}
	}
	return false, nil
}

// close passes on what was held back.
func (a *answer) close() error {
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
		a.message.Thought += c.Thought
		a.message.Text += c.Text
		if c.Call != nil {
			a.message.Calls = append(a.message.Calls, *c.Call)
		}
		if !a.yield(c) {
			return errBroken
		}
	}
	return nil
}
