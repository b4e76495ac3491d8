package tokenizer_test

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/qwen-agent/qwen-agent/tokenizer"
	"github.com/qwen-agent/qwen-agent/tokenizer/vocab"
)

// golden is one string of testdata/golden.jsonl.gz.
type golden struct {
	Text    string  `json:"text"`
	IDs     []int32 `json:"ids"`     // special tokens' spellings are text
	Special []int32 `json:"special"` // they are recognised; nil means the same as IDs
}

func readGolden(t testing.TB) []golden {
	t.Helper()
	f, err := os.Open("testdata/golden.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bufio.NewReader(z))
	var head struct{ Strings int }
	if err := d.Decode(&head); err != nil {
		t.Fatal(err)
	}
	all := make([]golden, head.Strings)
	for i := range all {
		if err := d.Decode(&all[i]); err != nil {
			t.Fatalf("string %d of %d: %v", i, len(all), err)
		}
		if all[i].Special == nil {
			all[i].Special = all[i].IDs
		}
	}
	if len(all) < 3000 {
		t.Fatalf("%d strings, want at least 3000", len(all))
	}
	return all
}

// The reference is Hugging Face tokenizers; testdata/README.md has its version.
func TestGolden(t *testing.T) {
	checkGolden(t, func(string) *tokenizer.Tokenizer { return qwen25() })
}

// TestGoldenMerges is the same by merges, as the first texts of a program are encoded.
func TestGoldenMerges(t *testing.T) {
	var tok *tokenizer.Tokenizer
	left := 0 // bytes before the search is begun
	checkGolden(t, func(text string) *tokenizer.Tokenizer {
		if left -= 2 * 3 * len(text); left <= 0 { // it is encoded twice, and may grow by its normal form
			tok, left = mustNew(vocab.Qwen25()), tokenizer.Worthwhile-2*3*len(text)
		}
		return tok
	})
	if tok.Searching() {
		t.Error("the search was used")
	}
}

// checkGolden encodes all strings, each with the tokenizer that choose returns for it.
func checkGolden(t *testing.T, choose func(text string) *tokenizer.Tokenizer) {
	t.Helper()
	bad := 0
	for _, g := range readGolden(t) {
		tok := choose(g.Text)
		if got := tok.Encode(nil, g.Text); !slices.Equal(got, g.IDs) {
			bad++
			t.Errorf("Encode(%.100q)\n got %.200v\nwant %.200v", g.Text, got, g.IDs)
		}
		if got := tok.EncodeSpecial(nil, g.Text); !slices.Equal(got, g.Special) {
			bad++
			t.Errorf("EncodeSpecial(%.100q)\n got %.200v\nwant %.200v", g.Text, got, g.Special)
		}
		if bad > 20 {
			t.Fatal("and more")
		}
	}
}
