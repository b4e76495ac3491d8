package engine

import (
	"slices"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/chat"
)

const enough = "\n\nConsidering the limited time by the user, I have to give the solution based on the thinking directly now.\n</think>\n\n"

// A thought is cut where its budget ends: what comes before it is what the model thinks without
// one, then the words that end it, and then the answer goes on.
func TestThinkingBudget(t *testing.T) {
	e := tiny(t, Options{})
	r := ask("How many are there?")
	r.Format, r.MaxTokens = "xml-qwen3.5", 300
	free := collect(t, e, r)
	if strings.Contains(free.Message.Raw, "</think>") || free.Message.Text != "" {
		t.Fatalf("the tiny model thinks too well for this test: %+v", free.Message)
	}
	for _, budget := range []int{1, 2, 25} {
		r.Thinking = &llm.Thinking{Budget: budget}
		end := collect(t, e, r)
		before, after, ok := strings.Cut(end.Message.Raw, enough)
		if !ok {
			t.Fatalf("budget of %d: %q", budget, end.Message.Raw)
		}
		if !strings.HasPrefix(free.Message.Raw, strings.TrimRight(before, "�")) {
			t.Errorf("budget of %d: thought %q, without a budget %q", budget, before, free.Message.Raw)
		}
		n := agree(free.Tokens, end.Tokens)
		if n < budget || n > budget+4 {
			t.Errorf("budget of %d: the thought is cut after %d tokens", budget, n)
		}
		if end.Message.Text != after || after == "" || !strings.HasSuffix(end.Message.Thought, "directly now.") {
			t.Errorf("budget of %d: thought %q, answer %q", budget, end.Message.Thought, end.Message.Text)
		}
		if cut := len(e.tokenizer.Encode(nil, enough)); end.Usage.Forced != cut || end.Usage.Generated != len(end.Tokens) {
			t.Errorf("budget of %d: %+v with %d tokens, of which %d are the words that end the thought", budget, end.Usage, len(end.Tokens), cut)
		}
		for c, err := range e.Replay(t.Context(), r, end.Tokens, end.Reason) {
			if err != nil {
				t.Fatal(err)
			}
			if c.End != nil && c.End.Message.Raw != end.Message.Raw {
				t.Errorf("budget of %d: the answer is another when it is replayed", budget)
			}
		}
	}
	r.Thinking, r.MaxTokens = &llm.Thinking{Budget: 10}, 20
	if end := collect(t, e, r); end.Reason != llm.Length || len(end.Tokens) != 20 {
		t.Errorf("no room behind the thought: %d tokens, %s", len(end.Tokens), end.Reason)
	}
	for _, c := range []struct {
		format   string
		thinking llm.Thinking
	}{{"xml-qwen3.5", llm.Thinking{Budget: 1000}}, {"xml-qwen3.5", llm.Thinking{Off: true}}, {"hermes", llm.Thinking{Budget: 1}}, {"hermes-qwen3", llm.Thinking{Budget: 1}}} {
		r.Format, r.Thinking, r.MaxTokens = c.format, &c.thinking, 40
		if end := collect(t, e, r); strings.Contains(end.Message.Raw, "Considering") {
			t.Errorf("%+v: %q", c, end.Message.Raw)
		}
	}
}

func TestThinkingCount(t *testing.T) {
	f, err := chat.Get("hermes-qwen3")
	if err != nil {
		t.Fatal(err)
	}
	thought, _ := chat.ThoughtOf(f, &llm.Request{})
	const open, closed = 7, 8
	for _, c := range []struct {
		name   string
		budget int
		ids    []int32
		texts  []string
		want   int // the piece after which it is enough; -1 for none
	}{
		{"tags as tokens", 2, []int32{open, 1, 1, 1}, []string{"<think>", "\n", "a", "b"}, 2},
		{"tags in pieces", 2, []int32{1, 1, 1, 1, 1}, []string{"\n<th", "ink>", "a", "b", "c"}, 3},
		{"closed in time", 3, []int32{open, 1, 1, closed, 1, 1}, []string{"<think>", "a", "b", "</think>", "c", "d"}, -1},
		{"closed in pieces", 4, []int32{open, 1, 1, 1, 1, 1, 1}, []string{"<think>", "a", "b</th", "ink", ">c", "d", "e"}, -1},
		{"closed at the last token", 1, []int32{open, closed, 1}, []string{"<think>", "</think>", "a"}, -1},
		{"held back", 2, []int32{open, 1, 1, 1}, []string{"<think>", "a", "", "é"}, 3},
		{"held back for long", 1, []int32{open, 1, 1, 1, 1, 1}, []string{"<think>", "", "", "", "", ""}, 5},
		{"no thought", 1, []int32{1, 1, 1}, []string{"It", "<think>", "a"}, -1},
	} {
		th := thinking{budget: c.budget, open: thought.Open, close: thought.Close, closed: closed, state: thinkingAwaited}
		got := slices.IndexFunc(c.texts, func() func(string) bool {
			i := -1
			return func(s string) bool { i++; return th.write(c.ids[i], s) }
		}())
		if got != c.want {
			t.Errorf("%s: enough after piece %d, want %d", c.name, got, c.want)
		}
	}
}

func TestThinkingRefused(t *testing.T) {
	e := tiny(t, Options{})
	for want, thinking := range map[string]llm.Thinking{
		"engine: a thinking budget of -1 tokens, want 0 or more":                    {Budget: -1},
		"engine: thinking is off and has a budget of 5 tokens, want one of the two": {Off: true, Budget: 5},
	} {
		r := ask("Hi")
		r.Thinking = &thinking
		if _, err := answerTo(t.Context(), e, r); err == nil || err.Error() != want {
			t.Errorf("%+v: %v, want %s", thinking, err, want)
		}
	}
}
