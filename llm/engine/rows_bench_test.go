package engine

import (
	"fmt"
	"testing"

	"github.com/qwen-agent/qwen-agent/internal/testmodel"
)

// BenchmarkRows measures passes of 1 to 16 rows with all their logits, after 256 tokens: what
// a token that is guessed costs.
func BenchmarkRows(b *testing.B) {
	for _, name := range []string{"qwen2.5-coder-0.5b", "qwen2.5-coder-1.5b"} {
		e := openAt(b, testmodel.PathOf(b, name), Options{Context: 1024})
		for _, rows := range []int{1, 2, 3, 4, 6, 8, 12, 16} {
			b.Run(fmt.Sprintf("%s/rows=%d", name, rows), func(b *testing.B) {
				seq, err := e.BeginPrivate(b.Context(), 256+rows)
				if err != nil {
					b.Fatal(err)
				}
				defer seq.Close()
				ids := make([]int32, 256)
				logits := make([][]float32, rows)
				for i := range logits {
					logits[i] = make([]float32, e.Vocabulary())
				}
				if err := seq.append(b.Context(), ids, 0, nil, want{}); err != nil {
					b.Fatal(err)
				}
				for b.Loop() {
					if err := seq.append(b.Context(), ids[:rows], rows, logits, want{}); err != nil {
						b.Fatal(err)
					}
					seq.truncate(256)
				}
			})
		}
	}
}
