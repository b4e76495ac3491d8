package engine

import (
	"strings"

	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/chat"
)

// thinking counts the tokens of an answer's thought against a budget.
type thinking struct {
	budget int    // tokens; 0 is no bound
	open   string // the token before the block, as text
	close  string // the one behind it
	closed int32  // the same as a token; -1 if the vocabulary lacks it
	cut    []int32
	words  string // cut, as text

	state thinkingState
	used  int    // tokens
	text  string // before the block all of it, in the block the end of it
}

type thinkingState int

const (
	thinkingNone    thinkingState = iota // there is no thought, or it is over
	thinkingAwaited                      // nothing but white space yet
	thinkingNow
)

// newThinking returns the count for an answer to r.
func (e *Engine) newThinking(f chat.Format, r *llm.Request) thinking {
	if r.Thinking == nil || r.Thinking.Budget == 0 {
		return thinking{}
	}
	thought, ok := chat.ThoughtOf(f, r)
	if !ok {
		return thinking{}
	}
	t := thinking{
		budget: r.Thinking.Budget, open: thought.Open, close: thought.Close, closed: -1,
		cut: e.encode(thought.Cut), words: chat.Join(thought.Cut), state: thinkingAwaited,
	}
	if id, ok := e.tokenizer.Special(t.close); ok {
		t.closed = id
	}
	if thought.Inside {
		t.state = thinkingNow
	}
	return t
}

// write takes a token and the text that it made certain. It reports whether the thought has
// used up its budget, at a place where no character is cut in two.
func (t *thinking) write(id int32, text string) (enough bool) {
	if t.state == thinkingNone {
		return false
	}
	t.text += text
	if t.state == thinkingAwaited {
		begun := strings.TrimLeft(t.text, " \t\r\n")
		switch {
		case strings.HasPrefix(begun, t.open):
			t.state, t.text = thinkingNow, begun[len(t.open):]
		case !strings.HasPrefix(t.open, begun):
			t.state = thinkingNone
		}
		return false
	}
	t.used++
	if id == t.closed || strings.Contains(t.text, t.close) {
		t.state = thinkingNone
		return false
	}
	t.text = t.text[max(0, len(t.text)-len(t.close)+1):]
	const most = 4 // bytes of a character, and as many tokens
	return t.used >= t.budget && (text != "" || t.used >= t.budget+most)
}

// endThought ends a thought that has used up its budget. If a grammar does not allow that
// here, it is tried again after the next token.
func (a *answer) endThought() (done bool, err error) {
	if a.matcher != nil {
		if err := a.matcher.Clone().AcceptBytes([]byte(a.thinking.words)); err != nil {
			return false, nil
		}
	}
	a.thinking.state = thinkingNone
	for _, id := range a.thinking.cut {
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
