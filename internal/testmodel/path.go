// Package testmodel gives tests a model: a tiny one made on the spot, or the small real one.
package testmodel

import (
	"errors"
	"sync"
	"testing"

	"github.com/qwen-agent/qwen-agent/llm/hub"
)

// Name is the model of the catalogue whose real weights the tests use.
const Name = "qwen2.5-coder-0.5b"

// Path returns the file of the model Name, which it fetches once if it is not here. The
// test is skipped under -short, and where QWEN_AGENT_OFFLINE is set and the model is not
// here; it fails if the model cannot be fetched.
func Path(t testing.TB) string { return PathOf(t, Name) }

// PathOf is Path for another model that hub knows.
func PathOf(t testing.TB, name string) string {
	t.Helper()
	if testing.Short() {
		t.Skipf("needs the weights of %s, which -short leaves out", name)
	}
	fetching.Lock()
	defer fetching.Unlock()
	h, err := hub.New()
	if err != nil {
		t.Fatal(err)
	}
	h.Log = func(line string) { t.Log(line) }
	path, err := h.Pull(t.Context(), name)
	if errors.Is(err, hub.ErrNotHere) && h.Offline {
		t.Skipf("needs the weights of %s: %v", name, err)
	}
	if err != nil {
		t.Fatalf("fetch the weights of %s, or set QWEN_AGENT_OFFLINE=1 to go without: %v", name, err)
	}
	return path
}

var fetching sync.Mutex // so that the other tests of a package wait without polling the lock
