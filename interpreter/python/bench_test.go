package python

import (
	"context"
	"testing"

	"github.com/qwen-agent/qwen-agent/interpreter"
)

// BenchmarkOpen starts a session and ends it.
func BenchmarkOpen(b *testing.B) {
	for b.Loop() {
		s, err := interpreter.Open(context.Background(), interpreter.Options{Language: Language{}})
		if err != nil {
			b.Skipf("this machine cannot: %v", err)
		}
		b.StopTimer()
		s.Close()
		b.StartTimer()
	}
}

// BenchmarkCell runs a small cell in a session that has run one.
func BenchmarkCell(b *testing.B) {
	s, err := interpreter.Open(context.Background(), interpreter.Options{Language: Language{}})
	if err != nil {
		b.Skipf("this machine cannot: %v", err)
	}
	defer s.Close()
	if _, err := s.Run(context.Background(), "x = 1"); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if r, err := s.Run(context.Background(), "x + 1"); err != nil || r.Value != "2" {
			b.Fatal(r, err)
		}
	}
}
