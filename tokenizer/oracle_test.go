package tokenizer_test

import (
	"slices"
	"testing"
	"unicode"
	"unicode/utf8"

	tiktoken "github.com/pkoukk/tiktoken-go"
	"github.com/qwen-agent/qwen-agent/tokenizer"
)

// pattern is the pre-tokenizer as the model files have it; split.go is the same by hand.
const pattern = `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`

// newTiktoken gives our ranks to tiktoken-go, which is a second opinion on the same text,
// and shows that its users can have Qwen's encodings.
func newTiktoken(t testing.TB, tok *tokenizer.Tokenizer) *tiktoken.Tiktoken {
	t.Helper()
	ranks, specials := tok.Ranks(), tok.Specials()
	core, err := tiktoken.NewCoreBPE(ranks, specials, pattern)
	if err != nil {
		t.Fatal(err)
	}
	set := map[string]any{}
	for s := range specials {
		set[s] = true
	}
	return tiktoken.NewTiktoken(core, &tiktoken.Encoding{Name: "qwen", PatStr: pattern, MergeableRanks: ranks, SpecialTokens: specials}, set)
}

func TestTiktoken(t *testing.T) {
	tok := qwen25()
	tt := newTiktoken(t, tok)
	compared, withSpecials := 0, 0
	for _, g := range readGolden(t) {
		text := tokenizer.Normalize(g.Text) // tiktoken does not
		// Its regular expressions have Go's Unicode, and runs take it quadratic time.
		if !sameClasses(text) || len(text) > 8000 {
			continue
		}
		compared++
		if got, want := tok.Encode(nil, text), to32(tt.EncodeOrdinary(text)); !slices.Equal(got, want) {
			t.Errorf("Encode(%.100q)\n got %v\nwant %v", text, got, want)
		}
		if text != g.Text || slices.Equal(g.IDs, g.Special) {
			continue // a mark may have joined the end of a special token
		}
		withSpecials++
		if got, want := tok.EncodeSpecial(nil, text), to32(tt.Encode(text, []string{"all"}, nil)); !slices.Equal(got, want) {
			t.Errorf("EncodeSpecial(%.100q)\n got %v\nwant %v", text, got, want)
		}
	}
	if compared < 3000 || withSpecials < 100 {
		t.Errorf("compared %d strings and %d with special tokens, want at least 3000 and 100", compared, withSpecials)
	}
}

// sameClasses reports whether Go's tables class all runes of s as the reference does.
func sameClasses(s string) bool {
	for _, r := range s {
		if l, n, w := tokenizer.ClassOf(r); !utf8.ValidRune(r) || l != unicode.IsLetter(r) || n != unicode.IsNumber(r) || w != unicode.IsSpace(r) {
			return false
		}
	}
	return true
}

func to32(ids []int) []int32 {
	out := make([]int32, len(ids))
	for i, id := range ids {
		out[i] = int32(id)
	}
	return out
}
