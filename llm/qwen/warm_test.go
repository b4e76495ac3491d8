package qwen_test

import (
	"context"
	"slices"
	"testing"

	"github.com/qwen-agent/qwen-agent/internal/testmodel"
	"github.com/qwen-agent/qwen-agent/kernels"
	"github.com/qwen-agent/qwen-agent/kernels/cpu"
	"github.com/qwen-agent/qwen-agent/kernels/devicetest"
)

// TestWarm prepares every weight that is multiplied once, and a model that is warm, or half so,
// computes what a cold one does.
func TestWarm(t *testing.T) {
	path := testmodel.Write(t, testmodel.Shape{Untied: true})
	naive := devicetest.NewNaive()
	m := open(t, path, naive)
	calls := 1
	for m.Warm(t.Context()) {
		calls++
	}
	if want := 2*7 + 1; naive.Calls["Prepare"] != want || calls != 3 || m.Warm(t.Context()) {
		t.Errorf("%d weights prepared by %d calls, want %d by 3, and nothing afterwards", naive.Calls["Prepare"], calls, want)
	}
	b := prompt(ids(20, 1), 0, 1)
	want := forward(t, onCPU(t, path, 2), b)
	for steps := 1; steps <= 3; steps++ {
		d, packed := cpu.New(2), 0
		defer d.Close()
		d.Observe = func(w kernels.Work) {
			if w.Name == "pack" {
				packed++
			}
		}
		m := open(t, path, d)
		for range steps {
			m.Warm(t.Context())
		}
		before := packed
		for i, row := range forward(t, m, b) {
			if !slices.Equal(row, want[i]) {
				t.Fatalf("row %d after %d steps of Warm: other logits", i, steps)
			}
		}
		if steps == 3 && packed != before {
			t.Errorf("a warm model packed %d pieces more", packed-before)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if onCPU(t, path, 2).Warm(ctx) {
		t.Error("Warm goes on after its context has ended")
	}
}
