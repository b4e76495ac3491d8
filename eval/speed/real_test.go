package speed

import (
	"bytes"
	"os"
	"os/exec"
	"testing"

	"github.com/qwen-agent/qwen-agent/internal/testmodel"
	"github.com/qwen-agent/qwen-agent/llm/engine"
)

// TestPeakMemory fills a context of a real model: the weights stay in their file, so that
// the process needs little besides it and the cache.
func TestPeakMemory(t *testing.T) {
	path := testmodel.Path(t)
	if os.Getenv("QWEN_AGENT_TEST_ALONE") == "" { // the peak of this process is that of other tests too
		c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestPeakMemory$", "-test.v")
		c.Env = append(os.Environ(), "QWEN_AGENT_TEST_ALONE=1")
		if out, err := c.CombinedOutput(); err != nil || !bytes.Contains(out, []byte("--- PASS: TestPeakMemory")) {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	e, err := engine.Open(t.Context(), path, engine.Options{Context: 2048})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if _, err := once(t.Context(), e, Job{Prompt: 1024, Write: 8}); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	const cache = 24 * 1032 * 2 * 128 * 2 // of the small model: layers, tokens, keys and values, their width, bytes
	peak, most := PeakMemory(), info.Size()+cache+300<<20
	t.Logf("at most %d MiB resident, %d allowed", peak>>20, most>>20)
	if peak > most {
		t.Errorf("at most %d MiB were resident, want %d", peak>>20, most>>20)
	}
}
