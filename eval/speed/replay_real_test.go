package speed

import (
	"testing"

	"github.com/qwen-agent/qwen-agent/internal/testmodel"
	"github.com/qwen-agent/qwen-agent/llm/engine"
)

// TestPlayReal: a real model that would choose otherwise plays the recording of the default
// one, and each prompt after the first finds the one before it in the cache.
func TestPlayReal(t *testing.T) {
	e, err := engine.Open(t.Context(), testmodel.Path(t), engine.Options{Context: 2048})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	r, err := LoadRecording("", "fix")
	if err != nil {
		t.Fatal(err)
	}
	prompts, err := Prompts(t.Context(), r, e, examples)
	if err != nil {
		t.Fatal(err)
	}
	w, err := Play(t.Context(), r, Engine{e}, examples)
	if err != nil {
		t.Fatal(err)
	}
	read := w.Usage.Prompt - w.Usage.Cached
	if last := len(prompts[len(prompts)-1]); read > last {
		t.Errorf("%d tokens were read for prompts that come to %d", read, last)
	}
	if w.Usage.Forced == 0 || w.Usage.Forced >= w.Usage.Generated {
		t.Errorf("%d of %d tokens were forced", w.Usage.Forced, w.Usage.Generated)
	}
}
