package tokenizer_test

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"os"
	"slices"
	"testing"
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
	tok, bad := qwen25(), 0
	for _, g := range readGolden(t) {
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
