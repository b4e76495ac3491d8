package speed

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/internal/testmodel"
	"github.com/qwen-agent/qwen-agent/llm/engine"
)

func TestTokens(t *testing.T) {
	// The first of the script that measures llama.cpp: toks(5) and toks(3, 7).
	if got, want := tokens(5, 1, 151936), []int32{27590, 1575, 24084, 2781, 15474}; !slices.Equal(got, want) {
		t.Errorf("the prompt begins with %v, want %v", got, want)
	}
	if got, want := tokens(3, 7, 151936), []int32{68116, 66333, 65938}; !slices.Equal(got, want) {
		t.Errorf("the answer begins with %v, want %v", got, want)
	}
	for _, id := range tokens(1000, 1, 320) {
		if id < 0 || id >= 320 {
			t.Fatalf("token %d of 320", id)
		}
	}
}

func TestMeasure(t *testing.T) {
	e, err := engine.Open(t.Context(), testmodel.Write(t, testmodel.Shape{Context: 8192}), engine.Options{Context: Context})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	for _, j := range Jobs {
		rate, err := Measure(t.Context(), e, j, 1)
		if err != nil || !(rate > 0) {
			t.Errorf("%s: %v %s, %v", j.Name, rate, j.Unit(), err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Measure(ctx, e, Jobs[0], 1); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if m := PeakMemory(); m != 0 && m < 1<<20 {
		t.Errorf("%d bytes resident at most", m)
	}
}

func TestSelect(t *testing.T) {
	all, err := Select(nil)
	if err != nil || len(all) != len(Jobs) {
		t.Errorf("all: %v, %v", all, err)
	}
	some, err := Select([]string{"tg64", "pp512"})
	if err != nil || len(some) != 2 || some[0].Name != "pp512" {
		t.Errorf("some: %v, %v", some, err)
	}
	if _, err := Select([]string{"pp77"}); err == nil || !strings.Contains(err.Error(), "pp128, pp512") {
		t.Errorf("unknown: %v", err)
	}
}

func TestMedian(t *testing.T) {
	if got := Median([]float64{9, 1, 2}); got != 2 {
		t.Errorf("of three: %v", got)
	}
	if got := Median([]float64{9, 1, 2, 4}); got != 3 {
		t.Errorf("of four: %v", got)
	}
}
