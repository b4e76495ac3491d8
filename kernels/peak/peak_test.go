package peak

import (
	"testing"
	"time"

	"github.com/qwen-agent/qwen-agent/kernels/variant"
)

// TestReadAll makes sure that reading more takes longer: no part is left out.
func TestReadAll(t *testing.T) {
	b := make([]byte, 64<<20)
	for i := 0; i < len(b); i += 4096 {
		b[i] = 1
	}
	best := func(n int) time.Duration {
		least := time.Hour
		for range 5 {
			start := time.Now()
			Read(b[:n])
			least = min(least, time.Since(start))
		}
		return least
	}
	if small, large := best(len(b)/64), best(len(b)); large < 8*small {
		t.Errorf("%d bytes take %v, a 64th of them %v", len(b), large, small)
	}
}

func TestMultiplyAdd(t *testing.T) {
	for _, rounds := range []int{0, 1, 1000} {
		if got, want := MultiplyAdd(rounds), multiplyAddRef(rounds); rounds > 0 && got <= 0 || rounds == 0 && got != 0 || variant.Name() == variant.Generic && got != want {
			t.Errorf("%d rounds: %d operations", rounds, got)
		}
	}
	if variant.Name() == variant.Generic {
		return
	}
	start := time.Now()
	n := MultiplyAdd(1 << 20)
	fast := float64(n) / time.Since(start).Seconds()
	start = time.Now()
	n = multiplyAddRef(1 << 12)
	slow := float64(n) / time.Since(start).Seconds()
	t.Logf("%.0f GOPS, plain Go %.1f", fast/1e9, slow/1e9)
	if fast < slow {
		t.Errorf("%.0f operations a second, and plain Go does %.0f", fast, slow)
	}
}

func BenchmarkMultiplyAdd(b *testing.B) {
	var n int64
	for b.Loop() {
		n += MultiplyAdd(1 << 16)
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds()/1e9, "GOPS")
}

func BenchmarkRead(b *testing.B) {
	data := make([]byte, 256<<20)
	for i := 0; i < len(data); i += 4096 {
		data[i] = 1
	}
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		Read(data)
	}
}
