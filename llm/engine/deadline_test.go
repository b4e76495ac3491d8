package engine

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/qwen-agent/qwen-agent/llm"
)

const deadlineSchema = `{"type":"object","properties":{"the":{"type":"string"},"list":{"type":"array","items":{"enum":["the thought","the answer"]}},"n":{"type":"number"},"é":{"const":"e\u0301 日本"}},"required":["the","list","é"]}`

// TestDeadline: whatever the limit, an answer under a schema is whole if the shortest one
// has room, and so is a call.
func TestDeadline(t *testing.T) {
	e := tiny(t, Options{Threads: 1})
	hot := 1.5
	length, whole := 0, 0
	for _, format := range []string{"hermes", "turn"} {
		for limit := 1; limit < 110; limit += 3 {
			r := ask("the thing")
			r.Format, r.MaxTokens, r.Schema = format, limit, json.RawMessage(deadlineSchema)
			if format == "turn" {
				r.Tools, r.Choice = toolbox, &llm.Choice{Tools: []string{"the_tool"}, NoText: limit%2 == 0}
			}
			seed := uint64(limit)
			r.Sampling = &llm.Sampling{Temperature: &hot, Seed: &seed}
			a, err := e.newAnswer(r)
			if err != nil {
				t.Fatal(err)
			}
			end := collect(t, e, r)
			if end.Usage.Generated > limit || len(end.Tokens) != end.Usage.Generated {
				t.Fatalf("%d tokens, the limit is %d", end.Usage.Generated, limit)
			}
			if !a.deadline {
				if end.Reason != llm.Length {
					t.Errorf("limit %d: there is no room for an answer, but the reason is %q", limit, end.Reason)
				}
				continue
			}
			whole++
			if end.Reason == llm.Length {
				length++
			}
			if !json.Valid([]byte(end.Message.Raw)) {
				t.Errorf("limit %d, %s: the answer is cut: %s", limit, format, end.Message.Raw)
			}
			if format == "turn" && len(end.Message.Calls) == 0 && end.Message.Text == "" {
				t.Errorf("limit %d: nothing was read from %s", limit, end.Message.Raw)
			}
		}
	}
	if length == 0 || whole < 40 {
		t.Errorf("%d answers had room and %d of them were brought to an end, want some", whole, length)
	}
}

// TestForcedTokens: the tokens of an answer under a schema are those that the tokenizer
// gives for each run of forced text, together with the token before it.
func TestForcedTokens(t *testing.T) {
	e := tiny(t, Options{Threads: 1})
	for _, test := range []struct{ last, forced string }{
		{"", `{"the thought": "`}, {"t", "he thought"}, {" ", " the"}, {"x", `", "the`}, {".", `", "n": `}, {"", "\n```"},
	} {
		for _, ends := range []bool{false, true} {
			a := &answer{e: e, tokens: e.tokenizer.Encode(nil, test.last)}
			ids, ok := a.forcedTokens(test.last, test.forced, ends)
			if !ok {
				continue
			}
			whole := e.tokenizer.Encode(nil, test.last+test.forced)
			if ends && !slices.Equal(ids, whole) || len(ids) > len(whole) || !slices.Equal(ids, whole[:len(ids)]) {
				t.Errorf("%q after %q, ends %v: %v, want those of %v", test.forced, test.last, ends, ids, whole)
			}
		}
	}
}

// TestOneByOne: forced text is the same whether its tokens are chosen or not, and what is
// saved is told.
func TestOneByOne(t *testing.T) {
	fast, slow := tiny(t, Options{Threads: 1}), tiny(t, Options{Threads: 1, OneByOne: true})
	r := ask("the thing")
	r.MaxTokens = 0
	r.Schema = json.RawMessage(`{"const":{"the thought":["the answer", 12.5, null, {"the": "thing"}]}}`)
	want, got := collect(t, slow, r), collect(t, fast, r)
	if got.Message.Raw != want.Message.Raw {
		t.Errorf("%q, and token by token %q", got.Message.Raw, want.Message.Raw)
	}
	if want.Usage.Forced != 0 || got.Usage.Forced != got.Usage.Generated {
		t.Errorf("%d of %d tokens were forced, and token by token %d", got.Usage.Forced, got.Usage.Generated, want.Usage.Forced)
	}
}

// TestTextOfTokens: the text that is passed on is that of the tokens, also where forced text
// puts another token in the place of the last one.
func TestTextOfTokens(t *testing.T) {
	e := tiny(t, Options{Threads: 1})
	hot := 2.0
	behind := 0 // answers with forced text behind a token that was chosen
	for seed := range uint64(60) {
		r := ask("the thing")
		r.Schema = json.RawMessage(`{"type":"object","properties":{"a":{"type":"string","maxLength":6},"b":{"enum":["the thought","the answer"]}},"required":["a","b"]}`)
		r.Sampling = &llm.Sampling{Temperature: &hot, Seed: &seed}
		end := collect(t, e, r)
		if text := e.tokenizer.Decode(end.Tokens); text != end.Message.Raw || !json.Valid([]byte(text)) {
			t.Errorf("seed %d: tokens of %q, text %q", seed, text, end.Message.Raw)
		}
		if end.Usage.Forced > 0 && end.Usage.Generated > end.Usage.Forced {
			behind++
		}
	}
	if behind == 0 {
		t.Error("nothing was forced behind a chosen token")
	}
}
