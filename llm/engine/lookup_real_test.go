package engine

import (
	"testing"

	"github.com/qwen-agent/qwen-agent/internal/testmodel"
	"github.com/qwen-agent/qwen-agent/llm"
)

// TestLookupReal lets a real model edit code, greedily and sampled, with and without guesses.
func TestLookupReal(t *testing.T) {
	path := testmodel.Path(t)
	e, plain := openAt(t, path, Options{Context: 1024}), openAt(t, path, Options{Context: 1024, Lookup: -1})
	var sum llm.Usage
	for i, text := range []string{
		"Rename the function to largest and repeat the whole code:\n```python\ndef biggest(numbers):\n    best = numbers[0]\n    for number in numbers[1:]:\n        if number > best:\n            best = number\n    return best\n```",
		"Tell me of the sea.",
	} {
		for seed := range uint64(2) {
			r := ask(text)
			r.MaxTokens = 80
			if temperature := 0.7; seed > 0 {
				r.Sampling = &llm.Sampling{Temperature: &temperature, Seed: &seed}
			}
			got, want := collect(t, e, r), collect(t, plain, r)
			u, w := got.Usage, want.Usage
			t.Logf("text %d, seed %d: %d tokens, %d guessed, %d accepted, %v; without %v", i, seed, u.Generated, u.Guessed, u.Accepted, u.Decode, w.Decode)
			if got.Message.Raw != want.Message.Raw {
				t.Errorf("text %d, seed %d: %q, want %q", i, seed, got.Message.Raw, want.Message.Raw)
			}
			sum = sum.Add(u)
		}
	}
	if sum.Accepted < 20 {
		t.Errorf("%d of %d guesses came, want 20", sum.Accepted, sum.Guessed)
	}
}
