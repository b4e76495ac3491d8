package tokenizer_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestEncodeOpen lets texts go on in every way that the pieces know, and more.
func TestEncodeOpen(t *testing.T) {
	tok := qwen25()
	parts := []string{"a", "Z", "the", " ", "  ", "\n", "\r\n", "\t", "1", "42", "'", "'re", "ll", `"`, `": "`, "{", ".", "...", "é", "e\u0301", "\u0301", "日本", "한", "\u1100", "\u1161", "😀", "\xff", "\u00a0", "_", "-"}
	r := rand.New(rand.NewPCG(1, 1))
	text := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteString(parts[r.IntN(len(parts))])
		}
		return b.String()
	}
	kept, all := 0, 0
	for range 20000 {
		begin, more := text(r.IntN(7)), text(r.IntN(4))
		ids, stable := tok.EncodeOpen([]int32{7}, begin)
		if want := tok.Encode([]int32{7}, begin); !slices.Equal(ids, want) {
			t.Fatalf("%q: %v, want %v", begin, ids, want)
		}
		if stable < 0 || stable > len(ids)-1 {
			t.Fatalf("%q: %d of %d ids are stable", begin, stable, len(ids)-1)
		}
		whole := tok.Encode([]int32{7}, begin+more)
		if stable > len(whole)-1 || !slices.Equal(whole[:1+stable], ids[:1+stable]) {
			t.Fatalf("%q goes on with %q: %v, but %d of %v were said to stay", begin, more, whole[1:], stable, ids[1:])
		}
		kept, all = kept+stable, all+len(ids)-1
	}
	if kept*2 < all {
		t.Errorf("only %d of %d ids are stable", kept, all)
	}
	if _, stable := tok.EncodeOpen(nil, `{"city": "`); stable != 3 {
		t.Errorf("%d ids are stable, want 3: the quote may be part of a longer token", stable)
	}
}
