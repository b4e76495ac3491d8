package engine

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestKernelsUnknown opens a model in a process whose QWEN_KERNELS is misspelt: the word is
// looked at when a process starts.
func TestKernelsUnknown(t *testing.T) {
	if os.Getenv("QWEN_KERNELS") == "avx3" {
		if _, err := Open(t.Context(), "no.gguf", Options{}); err == nil || !strings.Contains(err.Error(), "QWEN_KERNELS") {
			t.Fatalf("error is %v, want one that names QWEN_KERNELS", err)
		}
		return
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKernelsUnknown$")
	cmd.Env = append(os.Environ(), "QWEN_KERNELS=avx3")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v:\n%s", err, out)
	}
}
