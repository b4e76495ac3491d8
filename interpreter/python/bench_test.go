package python

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/qwen-agent/qwen-agent/interpreter"
)

// spread reports the median and the 95th percentile of some times.
func spread(b *testing.B, times []time.Duration) {
	slices.Sort(times)
	for name, at := range map[string]int{"p50-ms": len(times) / 2, "p95-ms": len(times) * 95 / 100} {
		b.ReportMetric(float64(times[at].Microseconds())/1000, name)
	}
}

// BenchmarkOpen starts a session; ending it is not in the time.
func BenchmarkOpen(b *testing.B) {
	var times []time.Duration
	for b.Loop() {
		began := time.Now()
		s, err := interpreter.Open(context.Background(), interpreter.Options{Language: Language{}})
		if err != nil {
			b.Skipf("this machine cannot: %v", err)
		}
		times = append(times, time.Since(began))
		s.Close()
	}
	spread(b, times)
}

// BenchmarkPool takes a session that is ready and runs a first cell. Between two the pool
// has time to start the next.
func BenchmarkPool(b *testing.B) {
	p, err := interpreter.NewPool(2, interpreter.Options{Language: Language{}})
	if err != nil {
		b.Fatal(err)
	}
	defer p.Close()
	var times []time.Duration
	for b.Loop() {
		time.Sleep(100 * time.Millisecond)
		began := time.Now()
		s, err := p.Take(context.Background(), "", nil)
		if err != nil {
			b.Skipf("this machine cannot: %v", err)
		}
		times = append(times, time.Since(began))
		if r, err := s.Run(context.Background(), "1 + 1"); err != nil || r.Value != "2" {
			b.Fatal(r, err)
		}
		s.Close()
	}
	spread(b, times)
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
	var times []time.Duration
	for b.Loop() {
		began := time.Now()
		if r, err := s.Run(context.Background(), "x + 1"); err != nil || r.Value != "2" {
			b.Fatal(r, err)
		}
		times = append(times, time.Since(began))
	}
	spread(b, times)
}
