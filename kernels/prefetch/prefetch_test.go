package prefetch

import (
	"bytes"
	"testing"

	"github.com/qwen-agent/qwen-agent/kernels/kerneltest"
)

// TestBytes asks for memory of every length and alignment: nothing of it is changed. That nothing beyond it is
// asked for that would matter cannot be seen: a prefetch faults nowhere.
func TestBytes(t *testing.T) {
	for n := range 3 * line {
		for off := range line {
			b := kerneltest.Bytes(n, off, 1)
			want := bytes.Clone(b)
			Bytes(b)
			if !bytes.Equal(b, want) {
				t.Fatalf("%d bytes at %d were changed", n, off)
			}
		}
	}
	Bytes(nil)
}
