package engine

import (
	"fmt"
	"os"
	"testing"

	"github.com/qwen-agent/qwen-agent/internal/testmodel"
	"github.com/qwen-agent/qwen-agent/llm/sample"
)

// BenchmarkChoose writes tokens with real weights, with the logits that choices depend on and with all.
func BenchmarkChoose(b *testing.B) {
	name := testmodel.Name
	if s := os.Getenv("QWEN_AGENT_MODEL"); s != "" {
		name = s
	}
	for i, o := range []sample.Options{{}, {Temperature: 0.7, TopK: 20, TopP: 0.8, Repetition: 1.05}} {
		for _, all := range []bool{true, false} {
			b.Run(fmt.Sprintf("%s/all=%v", []string{"greedy", "sampled"}[i], all), func(b *testing.B) {
				e := openAt(b, testmodel.PathOf(b, name), Options{AllLogits: all})
				logits := make([]float32, e.Vocabulary())
				text := e.Tokenizer().Encode(nil, "def quicksort(numbers):\n")
				seq, err := e.BeginPrivate(b.Context(), 2048)
				if err != nil {
					b.Fatal(err)
				}
				defer seq.Close()
				s := sample.New(o)
				step := func() {
					id, err := seq.Choose(b.Context(), s, text, logits)
					if err != nil {
						b.Fatal(err)
					}
					text = append(text, id)
				}
				for range 30 { // a sketch is made
					step()
				}
				for b.Loop() {
					step()
				}
			})
		}
	}
}
