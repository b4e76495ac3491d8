package engine

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/chat"
	"github.com/qwen-agent/qwen-agent/llm/grammar"
)

// Replay answers a request with the tokens of an answer that was recorded (Tokens and Reason of llm.End),
// so that the same work can be measured again, also with another model. All that Generate
// does is done: each token is chosen, with the grammar and the sampler, and only then the
// recorded one takes its place. What was decided about calls is in the recording, whatever it is now. It is an
// error if the grammar does not allow a token, or if the answer ends before the recording.
func (e *Engine) Replay(ctx context.Context, r *llm.Request, tokens []int32, reason llm.Reason) iter.Seq2[llm.Chunk, error] {
	if err := e.checkTokens(tokens); err != nil {
		return func(yield func(llm.Chunk, error) bool) { yield(llm.Chunk{}, err) }
	}
	return e.generate(ctx, r, &tape{tokens, reason})
}

// PromptTokens returns the tokens that Generate reads for a request.
func (e *Engine) PromptTokens(r *llm.Request) ([]int32, error) {
	f, err := e.chatFormat(r)
	if err != nil {
		return nil, err
	}
	return e.prompt(f, r)
}

// chatFormat returns the format of a request, or the model's own.
func (e *Engine) chatFormat(r *llm.Request) (chat.Format, error) {
	if r.Format == "" {
		return chat.Get(e.format)
	}
	return chat.Get(r.Format)
}

// tape is an answer that is written once more.
type tape struct {
	tokens []int32
	reason llm.Reason
}

// replay has the answer be the recorded one. What was decided about it is in the recording.
func (a *answer) replay(t *tape) error {
	a.recorded = t
	if a.weighing != nil && a.weighing.forced {
		if err := a.follow(grammar.CallsSpec{Calls: a.weighing.all}, ""); err != nil {
			return err
		}
	}
	if a.weighing != nil && a.weighing.turn == nil {
		a.weighing = nil
	}
	return nil
}

// from returns up to so many tokens behind the first n.
func (t *tape) from(n, many int) []int32 {
	n = min(n, len(t.tokens))
	return t.tokens[n:min(n+many, len(t.tokens))]
}

// next returns the recorded token behind the first n; ended says that there is none.
func (t *tape) next(n int) (id int32, ended bool) {
	if n == len(t.tokens) {
		return 0, true
	}
	return t.tokens[n], false
}

// late reports whether the recorded answer was brought to its end behind the first n tokens, by ids. What was
// chosen there in vain is not in the recording.
func (t *tape) late(n int, ids []int32) bool {
	return t.reason == llm.Length && slices.Equal(t.tokens[n:], ids)
}

// end returns why an answer ended whose tokens have all come.
func (t *tape) end() llm.Reason {
	if t.reason == llm.Length {
		return llm.Length
	}
	return llm.Stop // or calls, as they are counted
}

// check holds what the grammar forces against the recording.
func (t *tape) check(n int, id int32) error {
	if n < len(t.tokens) && t.tokens[n] == id {
		return nil
	}
	found := "its end"
	if n < len(t.tokens) {
		found = fmt.Sprintf("token %d", t.tokens[n])
	}
	return fmt.Errorf("engine: token %d of the answer is %d, the recording has %s", n+1, id, found)
}

// finish says whether the whole recording was played in an answer of n tokens.
func (t *tape) finish(n int) error {
	if n == len(t.tokens) {
		return nil
	}
	return fmt.Errorf("engine: the answer ended after %d of the %d recorded tokens", n, len(t.tokens))
}

// written returns the tokens of the answer so far.
func (a *answer) written() []int32 { return slices.Clone(a.tokens[len(a.prompt):]) }
