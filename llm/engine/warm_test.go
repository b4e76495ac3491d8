package engine

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/qwen-agent/qwen-agent/kernels"
	"github.com/qwen-agent/qwen-agent/kernels/gemm"
)

// TestWarm opens a model and asks for nothing: its weights are packed meanwhile.
func TestWarm(t *testing.T) {
	if !gemm.PacksFaster() {
		t.Skip("weights are not packed where plain Go multiplies")
	}
	var packed atomic.Int32
	tiny(t, Options{Threads: 2, Observe: func(w kernels.Work) {
		if w.Name == "pack" {
			packed.Add(1)
		}
	}})
	const want = 2*7 + 1 // of two layers, and the output matrix
	for deadline := time.Now().Add(10 * time.Second); packed.Load() < want; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d weights packed, want %d", packed.Load(), want)
		}
	}
}
