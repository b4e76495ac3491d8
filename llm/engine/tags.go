package engine

import (
	"bytes"

	"github.com/qwen-agent/qwen-agent/llm/grammar"
)

// untilTag returns the part of forced text before the first tag of the answer's format, and
// that tag's token. A model was trained on the token, and reads it in later prompts; the
// tokens that spell it are others.
func (a *answer) untilTag(forced []byte) (before []byte, tag int32) {
	before, tag = forced, -1
	if len(a.tokens) == a.limit {
		return before, tag
	}
	for _, t := range a.tags {
		id, ok := a.e.tokenizer.Special(t)
		if i := bytes.Index(before, []byte(t)); ok && i >= 0 {
			before, tag = before[:i], id
		}
	}
	if tag < 0 && len(forced) == grammar.MaxForced { // more follows: the end may be the beginning of a tag
		for _, t := range a.tags {
			before = before[:min(len(before), len(forced)-len(t))]
		}
	}
	return before, tag
}
