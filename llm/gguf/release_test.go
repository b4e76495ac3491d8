package gguf

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

// TestRelease gives parts of a file back and reads them again; bytes that are not the file's stay as they are.
func TestRelease(t *testing.T) {
	want := bytes.Repeat([]byte{1, 2, 3, 4, 5, 6, 7}, 4*20000)
	var w Writer
	if err := w.Add("a", quant.F32, []int{len(want) / 4}, want); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "a.gguf")
	var b bytes.Buffer
	if _, err := w.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	a, err := f.Tensor("a")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range [][]byte{nil, a.Data[:1], a.Data[5000:20000], a.Data} {
		if f.Release(part); !bytes.Equal(a.Data, want) {
			t.Fatalf("after %d bytes were released the tensor has others", len(part))
		}
	}
	mine := bytes.Clone(want)
	if f.Release(mine); !bytes.Equal(mine, want) {
		t.Error("bytes that are not the file's were taken away")
	}
}
