package gguf_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/qwen-agent/qwen-agent/internal/testmodel"
	"github.com/qwen-agent/qwen-agent/llm/gguf"
)

func identity(t *testing.T, data []byte) [32]byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "model.gguf")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := gguf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	id, err := f.Identity()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// TestIdentity: a copy of a file is the same model; one with another name in its header, or with other weights in
// one tensor, is not.
func TestIdentity(t *testing.T) {
	path := testmodel.Write(t, testmodel.Shape{})
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := identity(t, data)
	if identity(t, data) != want {
		t.Error("a copy is another model")
	}
	f, err := gguf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, tensor := range f.Tensors() {
		tuned := append([]byte(nil), data...)
		for i := range tensor.Data {
			tuned[int(tensor.Offset)+i] ^= 1
		}
		if identity(t, tuned) == want {
			t.Errorf("with another %s it is the same model", tensor.Name)
		}
	}
	renamed := append([]byte(nil), data...)
	for i := range renamed {
		if string(renamed[i:i+4]) == "Tiny" {
			renamed[i] = 'W'
			break
		}
	}
	if identity(t, renamed) == want {
		t.Error("with another header it is the same model")
	}
}

func TestIdentityOfShrunkFile(t *testing.T) {
	path := testmodel.Write(t, testmodel.Shape{})
	f, err := gguf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Identity(); err == nil {
		t.Error("a file that is gone has an identity")
	}
}
