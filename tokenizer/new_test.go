package tokenizer_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/tokenizer"
)

// tiny is a vocabulary of the 256 bytes, "ab", "abc" and one special token.
func tiny() tokenizer.Vocabulary {
	v := tokenizer.Vocabulary{Pre: "qwen2", EOS: 258, BOS: -1, Pad: -1, Merges: []string{"a b", "ab c"}}
	for b := range 256 {
		v.Tokens = append(v.Tokens, tokenizer.Spelling([]byte{byte(b)}))
		v.Types = append(v.Types, tokenizer.TypeNormal)
	}
	v.Tokens = append(v.Tokens, "ab", "abc", "<|end|>")
	v.Types = append(v.Types, tokenizer.TypeNormal, tokenizer.TypeNormal, tokenizer.TypeControl)
	return v
}

func TestNewTiny(t *testing.T) {
	tok := mustNew(tiny())
	if got, want := tok.EncodeSpecial(nil, "abcab<|end|>b"), []int32{257, 256, 258, 'b'}; !slices.Equal(got, want) {
		t.Errorf("ids %v, want %v", got, want)
	}
	v := tiny()
	v.Types = nil // all are text then
	v.Tokens[258] = "bcd"
	tok = mustNew(v)
	if got, want := tok.EncodeSpecial(nil, "bcd<|end|>")[:3], []int32{'b', 'c', 'd'}; !slices.Equal(got, want) {
		t.Errorf("a token that no merge makes: ids %v, want %v", got, want)
	}
}

// Fillers of the vocabulary, as today's and earlier converters mark them, are no text.
func TestFillers(t *testing.T) {
	v := tiny()
	v.Tokens = append(v.Tokens, "[PAD259]", "[PAD260]", "[PAD7]")
	v.Types = append(v.Types, tokenizer.TypeUnused, tokenizer.TypeUserDefined, tokenizer.TypeUserDefined)
	tok := mustNew(v)
	if !tok.Control(259) || !tok.Control(260) || tok.Control(261) {
		t.Errorf("Control of fillers: %v %v, of a token of that spelling: %v", tok.Control(259), tok.Control(260), tok.Control(261))
	}
	if got := tok.EncodeSpecial(nil, "[PAD260]"); len(got) != len("[PAD260]") {
		t.Errorf("a filler became %v", got)
	}
}

func TestNewErrors(t *testing.T) {
	for _, c := range []struct {
		want   string
		change func(v *tokenizer.Vocabulary)
	}{
		{`pre-tokenizer "llama-bpe" is not supported, want qwen2`, func(v *tokenizer.Vocabulary) { v.Pre = "llama-bpe" }},
		{`pre-tokenizer "" is not supported`, func(v *tokenizer.Vocabulary) { v.Pre = "" }},
		{"vocabulary has 0 tokens", func(v *tokenizer.Vocabulary) { v.Tokens = nil }},
		{"259 tokens but 258 types", func(v *tokenizer.Vocabulary) { v.Types = v.Types[1:] }},
		{"token 258 has type 9", func(v *tokenizer.Vocabulary) { v.Types[258] = 9 }},
		{"token 258 has type 0", func(v *tokenizer.Vocabulary) { v.Types[258] = 0 }},
		{`token 257 is "a b", want the byte-to-unicode spelling`, func(v *tokenizer.Vocabulary) { v.Tokens[257] = "a b" }},
		{`token 257 is "中"`, func(v *tokenizer.Vocabulary) { v.Tokens[257] = "中" }},
		{"token 257 is empty", func(v *tokenizer.Vocabulary) { v.Tokens[257] = "" }},
		{"token 258 is empty", func(v *tokenizer.Vocabulary) { v.Tokens[258] = "" }},
		{"token 258 has 5000 bytes, want at most 4096", func(v *tokenizer.Vocabulary) { v.Tokens[258] = strings.Repeat("x", 5000) }},
		{`tokens 97 and 257 are both "b"`, func(v *tokenizer.Vocabulary) { v.Tokens[97], v.Tokens[257] = "b", "b"; v.Tokens[98] = "a" }},
		{`tokens 258 and 259 are both "<|end|>"`, func(v *tokenizer.Vocabulary) {
			v.Tokens, v.Types = append(v.Tokens, "<|end|>"), append(v.Types, tokenizer.TypeUserDefined)
		}},
		{"no token for byte 0x61", func(v *tokenizer.Vocabulary) { v.Tokens['a'] = "zz" }},
		{`merge 1 is "abc", want two tokens`, func(v *tokenizer.Vocabulary) { v.Merges[1] = "abc" }},
		{`merge 1 is "ab ", want two tokens`, func(v *tokenizer.Vocabulary) { v.Merges[1] = "ab " }},
		{`merge 1 is "a b c", want two tokens`, func(v *tokenizer.Vocabulary) { v.Merges[1] = "a b c" }},
		{`merge 1 is "ab x", but "abx" is no token`, func(v *tokenizer.Vocabulary) { v.Merges[1] = "ab x" }},
		{`merge 1 is "xy c", but "xy" is no token`, func(v *tokenizer.Vocabulary) { v.Merges[1] = "xy c" }},
		{`merge 1 is "a bc", but "bc" is no token`, func(v *tokenizer.Vocabulary) { v.Merges[1] = "a bc" }},
		{"token is 259, want an id below 259", func(v *tokenizer.Vocabulary) { v.EOS = 259 }},
		{"token is -2, want an id below 259", func(v *tokenizer.Vocabulary) { v.Pad = -2 }},
		{"has 2097153 merges, want at most 2097152", func(v *tokenizer.Vocabulary) { v.Merges = make([]string, 1<<21+1) }},
		{"special tokens, want at most 16384", func(v *tokenizer.Vocabulary) {
			for i := range 1 << 14 {
				v.Tokens, v.Types = append(v.Tokens, fmt.Sprintf("<%d>", i)), append(v.Types, tokenizer.TypeControl)
			}
		}},
	} {
		v := tiny()
		c.change(&v)
		if _, err := tokenizer.New(v); err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "tokenizer: ") {
			t.Errorf("error %v, want one with %q", err, c.want)
		}
	}
}

// Merges in an order of their own, a pair given twice, and a token that two merges make.
func TestOddMerges(t *testing.T) {
	v := tiny()
	v.Tokens[256], v.Tokens[257], v.Tokens[258] = "abc", "bc", "ab"
	v.Types = nil
	v.Merges = []string{"b c", "a b", "a bc", "a b", "ab c"}
	tok := mustNew(v)
	if tok.Searches() {
		t.Error("the search is used though tokens are not in the order of their merges")
	}
	if got, want := tok.Encode(nil, "abcabb"), []int32{256, 258, 'b'}; !slices.Equal(got, want) {
		t.Errorf("ids %v, want %v", got, want)
	}
}
