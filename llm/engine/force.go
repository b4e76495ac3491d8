package engine

import (
	"fmt"
	"unicode/utf8"

	"github.com/qwen-agent/qwen-agent/llm/grammar"
)

// force adds the text that the grammar leaves no choice about, without having its tokens
// chosen one by one: they are read in one pass with the next ones.
//
// Its tokens are those that the tokenizer gives for it together with the last token before
// it, which is replaced if that text has others. Where text follows that is not forced,
// those are left to the model that could become other tokens by what follows: it may well
// prefer a longer one that goes on beyond the forced text, as it would have without a
// grammar. A tag of the format is one token, and text before it ends there.
func (a *answer) force() (done bool, err error) {
	if a.matcher == nil || a.e.options.OneByOne {
		return false, nil
	}
	forced := a.matcher.Forced()
	if len(forced) == 0 {
		return false, nil
	}
	forced, tag := a.untilTag(forced)
	if len(forced) == 0 {
		a.usage.Forced++
		if done, err := a.accept(tag); done || err != nil {
			return done, err
		}
		return a.force()
	}
	end := a.matcher.Clone()
	if err := end.AcceptBytes(forced); err != nil {
		return false, fmt.Errorf("engine: forced text: %w", err)
	}
	ends := end.Ended() || tag >= 0
	last := a.replaceable()
	ids, ok := a.forcedTokens(last, string(forced), ends)
	if last != "" && (!ok || a.recorded != nil && len(ids) > 0 && ids[0] != a.tokens[len(a.tokens)-1]) {
		last = ""
		ids, ok = a.forcedTokens("", string(forced), ends)
	}
	if !ok || len(ids) == 0 || !a.fitsAfter(ids, len(last)) {
		return false, nil
	}
	if last != "" {
		at := len(a.tokens) - 1
		more := a.e.tokenizer.Token(ids[0])[len(last):]
		a.tokens[at], ids = ids[0], ids[1:]
		if len(more) > 0 {
			if err := a.matcher.AcceptBytes(more); err != nil {
				return false, fmt.Errorf("engine: forced text: %w", err)
			}
			if err := a.count(more); err != nil {
				return false, err
			}
			if done, err := a.say(string(more)); done || err != nil {
				return done, err
			}
		}
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
	if tag >= 0 {
		return a.force() // the tag
	}
	return false, nil
}

// replaceable returns the text of the last token of the answer, if that may become another
// one: it is chosen, but not computed yet unless as a guess. "" if there is none.
func (a *answer) replaceable() string {
	if len(a.tokens) == len(a.prompt) {
		return ""
	}
	text := a.e.tokenizer.Token(a.tokens[len(a.tokens)-1])
	if !utf8.Valid(text) {
		return ""
	}
	return string(text)
}

// forcedTokens returns the tokens of last and forced, only those that are certain unless
// the text ends there. ok is false if they cannot be put in the place of last.
func (a *answer) forcedTokens(last, forced string, ends bool) (ids []int32, ok bool) {
	t := a.e.tokenizer
	ids, certain := t.EncodeOpen(nil, last+forced)
	if t.Decode(ids) != last+forced {
		return nil, false // text that is not in normal form C, as tokens encode it
	}
	if !ends {
		ids = ids[:certain]
	}
	if last != "" && len(ids) > 0 && len(t.Token(ids[0])) < len(last) {
		return nil, false
	}
	return ids, true
}

// fitsAfter reports whether there is room for ids, of whose text the first so many bytes
// are there already, and the shortest way to an end behind them.
func (a *answer) fitsAfter(ids []int32, there int) bool {
	if !a.deadline {
		return true
	}
	n := len(ids)
	if there > 0 {
		n--
	}
	m := a.matcher.Clone()
	return m.AcceptBytes([]byte(a.e.tokenizer.Decode(ids))[there:]) == nil && a.fits(m, a.limit-len(a.tokens)-n)
}

// mostClosing bounds the bytes of an end that is written out to count its tokens.
const mostClosing = 1 << 14

// fits reports whether the shortest way to an end from m takes at most so many tokens.
func (a *answer) fits(m *grammar.Matcher, left int) bool {
	n := m.Rest()
	switch {
	case n <= left: // a token has one byte at least
		return true
	case n > mostClosing || left <= 0:
		return false
	}
	return len(a.closing(m)) <= left
}

// closing returns the tokens of the shortest way to an end from m.
func (a *answer) closing(m *grammar.Matcher) []int32 { return a.tokensOf(m.Shortest(nil)) }

// tokensOf returns the tokens of text that ends an answer. A tag of the format is one token.
func (a *answer) tokensOf(text []byte) (ids []int32) {
	for {
		before, tag := a.untilTag(text)
		ids = a.e.encodeExactly(ids, string(before))
		if tag < 0 {
			return ids
		}
		ids = append(ids, tag)
		text = text[len(before)+len(a.e.tokenizer.Token(tag)):]
	}
}

// encodeExactly appends tokens of text, byte for byte.
func (e *Engine) encodeExactly(ids []int32, text string) []int32 {
	t, n := e.tokenizer, len(ids)
	ids = t.Encode(ids, text)
	if t.Decode(ids[n:]) == text {
		return ids
	}
	ids = ids[:n]
	for i := range len(text) { // text that is not in normal form C
		ids = t.Encode(ids, text[i:i+1])
	}
	return ids
}

// late reports whether there is no room any more for a token and an end behind it.
func (a *answer) late(id int32) bool {
	if !a.deadline {
		return false
	}
	m := *a.matcher
	return m.Accept(id) == nil && !a.fits(&m, a.limit-len(a.tokens)-1)
}

// finish brings the answer to an end by a text for which there is room.
func (a *answer) finish(text []byte) error {
	for _, id := range a.tokensOf(text) {
		a.usage.Forced++
		if done, err := a.accept(id); done || err != nil {
			return err
		}
	}
	return nil
}
