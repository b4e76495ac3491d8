package tokenizer_test

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/qwen-agent/qwen-agent/tokenizer"
	"github.com/qwen-agent/qwen-agent/tokenizer/vocab"
)

// dataFile reads a file of the shared data, or skips the test.
func dataFile(tb testing.TB, name string) []byte {
	tb.Helper()
	dir := os.Getenv("QWEN_AGENT_DATA")
	if dir == "" {
		dir = "../../shared/data"
	}
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		tb.Skipf("shared data: %v (QWEN_AGENT_DATA names the folder)", err)
	}
	return data
}

// chunks cuts text into pieces of 4096 runes, as the peers' benchmark does.
func chunks(text string) []string {
	var out []string
	n, start := 0, 0
	for i := range text {
		if n == 4096 {
			out = append(out, text[start:i])
			n, start = 0, i
		}
		n++
	}
	return append(out, text[start:])
}

var texts = []string{"bfcl/multiple.jsonl", "tooltune/glaive_en.json", "tooltune/glaive_zh.json", "humaneval/go.jsonl", "qwen.tiktoken"}

func BenchmarkEncode(b *testing.B) {
	tok := qwen25()
	tok.Searches()
	for _, name := range texts {
		b.Run(name, func(b *testing.B) {
			data := dataFile(b, name)
			parts := chunks(string(data))
			var ids []int32
			tokens := 0
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				tokens = 0
				for _, p := range parts {
					ids = tok.Encode(ids[:0], p)
					tokens += len(ids)
				}
			}
			b.ReportMetric(float64(tokens), "tokens")
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	tok := qwen25()
	data := dataFile(b, texts[0])
	ids := tok.Encode(nil, string(data))
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		tok.Decode(ids)
	}
}

func BenchmarkDecoder(b *testing.B) { // a token at a time
	tok := qwen25()
	data := dataFile(b, texts[2])
	ids := tok.Encode(nil, string(data))
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		d := tok.NewDecoder()
		for _, id := range ids {
			d.Write(id)
		}
		d.Flush()
	}
}

// BenchmarkMerge encodes as long as there is no search yet: so much text, each time with a
// new tokenizer.
func BenchmarkMerge(b *testing.B) {
	for _, name := range texts {
		b.Run(name, func(b *testing.B) {
			data := dataFile(b, name)
			if len(data) >= tokenizer.Worthwhile {
				data = data[:tokenizer.Worthwhile-1]
			}
			parts := chunks(string(data))
			var ids []int32
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				b.StopTimer()
				tok := mustNew(vocab.Qwen25())
				b.StartTimer()
				for _, p := range parts {
					ids = tok.Encode(ids[:0], p)
				}
				if tok.Searching() {
					b.Fatal("the search is made already")
				}
			}
		})
	}
}

// BenchmarkSearches is what making the search costs.
func BenchmarkSearches(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		tok := mustNew(vocab.Qwen25())
		b.StartTimer()
		tok.Searches()
	}
}

// BenchmarkNew is what opening a model costs, from the arrays of a GGUF file.
func BenchmarkNew(b *testing.B) {
	v := vocab.Qwen25()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tokenizer.New(v); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadTiktoken(b *testing.B) {
	data := dataFile(b, "qwen.tiktoken")
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := tokenizer.ReadTiktoken(bufio.NewReader(bytes.NewReader(data))); err != nil {
			b.Fatal(err)
		}
	}
}
