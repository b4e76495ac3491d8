package engine

import (
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/chat"
	"github.com/qwen-agent/qwen-agent/llm/grammar"
)

// TestUntilTag has tags all around the place up to which forced text is looked at: none is cut through.
func TestUntilTag(t *testing.T) {
	e := tiny(t, Options{})
	r := ask("x")
	r.Format, r.Tools, r.Choice, r.MaxTokens = "hermes", toolbox, &llm.Choice{NoText: true}, 0
	a, err := e.newAnswer(r)
	if err != nil {
		t.Fatal(err)
	}
	for _, tag := range chat.CallTags() {
		id, ok := e.tokenizer.Special(tag)
		if !ok {
			continue
		}
		for n := grammar.MaxForced - 40; n <= grammar.MaxForced; n++ {
			all := strings.Repeat("a", n) + tag + "b"
			before, found := a.untilTag([]byte(all[:min(len(all), grammar.MaxForced)]))
			switch {
			case found >= 0 && (found != id || len(before) != n):
				t.Errorf("%s behind %d bytes: found %d behind %d", tag, n, found, len(before))
			case found < 0 && (len(before) > n || len(before) < n-len(tag)-40):
				t.Errorf("%s behind %d bytes: %d bytes are forced before it", tag, n, len(before))
			}
		}
	}
}
