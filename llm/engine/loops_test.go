package engine

import (
	"testing"

	"github.com/qwen-agent/qwen-agent/llm"
)

func TestLoops(t *testing.T) {
	repeated := func(before, period, n int) (answer []int32) {
		for i := range before {
			answer = append(answer, int32(1000+i))
		}
		for i := range n {
			answer = append(answer, int32(i%period))
		}
		return answer
	}
	for _, c := range []struct {
		name                 string
		before, period, then int
		want                 bool
	}{
		{"one token", 0, 1, 160, true},
		{"a sentence", 48, 17, 160, true},
		{"the longest period", 0, 32, 160, true},
		{"too long a period", 0, 33, 160, false},
		{"too short", 0, 5, 144, false},
		{"not yet", 48, 5, 144, false},
		{"between two looks", 1, 5, 160, false},
	} {
		if got := loops(repeated(c.before, c.period, c.then)); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	changed := repeated(0, 4, 160)
	changed[100] = 77
	if loops(changed) {
		t.Error("a text with another token in its middle is taken for a loop")
	}
}

// TestEndLoops shows that a loop ends an answer only where that is asked for. The tiny model,
// whose weights are random, comes to repeat itself.
func TestEndLoops(t *testing.T) {
	e := tiny(t, Options{Context: 1024})
	for _, end := range []bool{false, true} {
		r := ask("hello")
		r.MaxTokens, r.EndLoops = 600, end
		got := collect(t, e, r)
		if looped := got.Usage.Generated < 600; got.Reason != llm.Length || looped != end {
			t.Errorf("EndLoops %v: ended by %s after %d tokens", end, got.Reason, got.Usage.Generated)
		}
	}
}
