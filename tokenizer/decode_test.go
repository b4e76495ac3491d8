package tokenizer_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/qwen-agent/qwen-agent/tokenizer"
)

func TestDecoder(t *testing.T) {
	tok := qwen25()
	for _, c := range []struct {
		name string
		ids  []int32
		want []string // one a token, and the flush
	}{
		{"half a rune", []int32{51461, 117}, []string{" ", "根", ""}},
		{"half a rune at the end", []int32{51461}, []string{" ", "\xe6\xa0"}},
		{"special", []int32{151644, 77091, 198}, []string{"<|im_start|>", "assistant", "\n", ""}},
		{"no such id", []int32{-1, 64, 999999}, []string{"", "a", "", ""}},
		{"nothing", nil, []string{""}},
	} {
		d := tok.NewDecoder()
		var got []string
		for _, id := range c.ids {
			got = append(got, d.Write(id))
		}
		got = append(got, d.Flush())
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// Any bytes, one token a byte: what the decoder gives out is at each step all that cannot
// be part of an unfinished rune.
func TestDecoderBytes(t *testing.T) {
	for _, text := range []string{
		"aé根🙂z", "\xf0\x9f\x99", "\xf0\x9f\x99x", "\xe6\xa0根", "\xc3\xc3\xa9", "\x80\x80\x80\x80a", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf5\x80", "\xe0\x80\x80", "\xf0\x80", "\xc0\xaf", "\xff\xfe",
	} {
		checkStream(t, qwen25(), byteTokens(qwen25(), text), text)
	}
}

func byteTokens(tok *tokenizer.Tokenizer, text string) (ids []int32) {
	for i := range len(text) {
		ids = append(ids, tok.Merge(nil, text[i:i+1])...)
	}
	return ids
}

// checkStream decodes ids one by one and compares with text, which is all of them.
func checkStream(t *testing.T, tok *tokenizer.Tokenizer, ids []int32, text string) {
	t.Helper()
	d := tok.NewDecoder()
	given, fed := "", ""
	for _, id := range ids {
		given += d.Write(id)
		fed += string(tok.Token(id))
		want := fed
		for k := 1; k <= 3 && k <= len(fed); k++ { // hold back what more bytes could complete
			if tail := fed[len(fed)-k:]; utf8.RuneStart(tail[0]) {
				if !utf8.FullRuneInString(tail) {
					want = fed[:len(fed)-k]
				}
				break
			}
		}
		if given != want {
			t.Fatalf("after %q the decoder gave %q, want %q", fed, given, want)
		}
	}
	if given += d.Flush(); given != text {
		t.Fatalf("the decoder gave %q, want %q", given, text)
	}
	if rest := d.Flush(); rest != "" {
		t.Fatalf("a second flush gave %q", rest)
	}
	if got := tok.Decode(ids); got != text {
		t.Fatalf("Decode gave %q, want %q", got, text)
	}
}

func TestGoldenDecode(t *testing.T) {
	for _, g := range readGolden(t) {
		for _, ids := range [][]int32{g.IDs, g.Special} {
			checkStreamFast(t, ids)
		}
	}
}

// checkStreamFast only asks that streaming gives what Decode does, in whole runes.
func checkStreamFast(t *testing.T, ids []int32) {
	t.Helper()
	tok, d := qwen25(), qwen25().NewDecoder()
	var b strings.Builder
	for _, id := range ids {
		s := d.Write(id)
		if !utf8.ValidString(s) {
			t.Fatalf("token %d gave %q", id, s)
		}
		b.WriteString(s)
	}
	b.WriteString(d.Flush())
	if got, want := b.String(), tok.Decode(ids); got != want {
		t.Fatalf("streamed %.100q, decoded %.100q", got, want)
	}
}

func TestToken(t *testing.T) {
	tok := qwen25()
	if tok.Len() != 151665 {
		t.Errorf("Len() = %d, want 151665", tok.Len())
	}
	for _, id := range []int32{-1, 151665, 1 << 30} {
		if b := tok.Token(id); b != nil {
			t.Errorf("Token(%d) = %q, want nil", id, b)
		}
		if !tok.Control(id) {
			t.Errorf("Control(%d) is false", id)
		}
	}
	for spelling, control := range map[string]bool{"<|im_end|>": true, "<|endoftext|>": true, "<|fim_prefix|>": true, "<tool_call>": false, "</tool_call>": false} {
		id, ok := tok.Special(spelling)
		if !ok || string(tok.Token(id)) != spelling || tok.Control(id) != control {
			t.Errorf("Special(%q) = %d, %v, spelled %q, control %v", spelling, id, ok, tok.Token(id), tok.Control(id))
		}
	}
	if _, ok := tok.Special("hello"); ok {
		t.Error(`Special("hello") is true`)
	}
	if id, _ := tok.Special("<|im_end|>"); tok.EOS != id || tok.BOS != -1 || tok.Control(0) {
		t.Errorf("EOS %d, BOS %d, Control(0) %v", tok.EOS, tok.BOS, tok.Control(0))
	}
	ranks := tok.Ranks()
	if len(ranks) != 151643 || ranks["!"] != 0 || ranks["\xe6\xa0"] == 0 || !slices.Equal(tok.Token(int32(ranks[" the"])), []byte(" the")) {
		t.Errorf("%d ranks", len(ranks))
	}
}
