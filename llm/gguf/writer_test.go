package gguf

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

// survivesWriter fails unless f is the same after it was written and read again.
func survivesWriter(t testing.TB, f *File) {
	t.Helper()
	w := Writer{Version: f.Version}
	for _, e := range f.entries {
		if err := w.Set(e.key, e.value); err != nil {
			t.Fatal(err)
		}
	}
	for _, tensor := range f.tensors {
		if err := w.Add(tensor.Name, tensor.Type, tensor.Shape, tensor.Data); err != nil {
			t.Fatal(err)
		}
	}
	again, err := Read(written(t, &w))
	if err != nil {
		t.Fatalf("read again: %v", err)
	}
	if again.Version != f.Version || again.Alignment != f.Alignment || len(again.entries) != len(f.entries) || len(again.tensors) != len(f.tensors) {
		t.Fatalf("read again: version %d, alignment %d, %d keys, %d tensors; want %d, %d, %d, %d", again.Version, again.Alignment,
			len(again.entries), len(again.tensors), f.Version, f.Alignment, len(f.entries), len(f.tensors))
	}
	for i, e := range f.entries {
		if a := again.entries[i]; a.key != e.key || a.value != e.value {
			t.Errorf("key %q: %v is now %q: %v", e.key, e.value.Any(), a.key, a.value.Any())
		}
	}
	for i, want := range f.tensors {
		got := again.tensors[i]
		if got.String() != want.String() || !bytes.Equal(got.Data, want.Data) {
			t.Errorf("tensor %v is now %v, same data: %v", want, got, bytes.Equal(got.Data, want.Data))
		}
	}
}

func TestSurvivesWriter(t *testing.T) { survivesWriter(t, readGolden(t)) }

func TestWriterAlignment(t *testing.T) {
	for _, alignment := range []uint32{8, 64, 4096} {
		w := Writer{Version: 2}
		for name, data := range map[string][]byte{"a": {1, 2, 3, 4}, "b": {5, 6, 7, 8}} {
			if err := w.Add(name, quant.F32, []int{1}, data); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Set("general.alignment", alignment); err != nil {
			t.Fatal(err)
		}
		f, err := Read(written(t, &w))
		if err != nil {
			t.Fatal(err)
		}
		if f.Version != 2 || f.Alignment != int(alignment) {
			t.Errorf("version %d, alignment %d; want 2, %d", f.Version, f.Alignment, alignment)
		}
		for _, tensor := range f.Tensors() {
			if tensor.Offset%int64(alignment) != 0 {
				t.Errorf("alignment %d: data of %v begins at byte %d", alignment, tensor, tensor.Offset)
			}
		}
		b, err := f.Tensor("b")
		if err != nil || !bytes.Equal(b.Data, []byte{5, 6, 7, 8}) || cap(b.Data) != 4 {
			t.Errorf("tensor b: % x, %v", b.Data, err)
		}
	}
}

func TestWriterRefuses(t *testing.T) {
	var w Writer
	if err := errors.Join(w.Set("taken", true), w.Add("taken", quant.F32, []int{1}, make([]byte, 4))); err != nil {
		t.Fatal(err)
	}
	deep, _ := ValueOf([]uint8{1})
	for range maxNesting {
		deep, _ = ValueOf([]Value{deep})
	}
	one, _ := ValueOf(uint8(1))
	text, _ := ValueOf("")
	set := func(key string, v any) func() error { return func() error { return w.Set(key, v) } }
	add := func(name string, typ quant.Type, shape []int, bytes int) func() error {
		return func() error { return w.Add(name, typ, shape, make([]byte, bytes)) }
	}
	for _, test := range []struct {
		name string
		call func() error
		want string
	}{
		{"int", set("k", 1), "type is int, wanted"},
		{"empty key", set("", true), "found 0 bytes"},
		{"long key", set(strings.Repeat("k", 70000), true), "found 70000 bytes"},
		{"key not UTF-8", set("\xff", true), "UTF-8"},
		{"key twice", set("taken", true), "there already"},
		{"long string", set("k", strings.Repeat("x", maxString+1)), "at most 16777216"},
		{"deep array", set("k", deep), "nesting of arrays"},
		{"empty values", set("k", []Value{}), "no element kind"},
		{"mixed values", set("k", []Value{one, text}), "element 1 is string, wanted uint8"},
		{"alignment type", set("general.alignment", uint64(32)), "is uint64, wanted uint32"},
		{"alignment value", set("general.alignment", uint32(33)), "is 33, wanted a power of two"},
		{"empty name", add("", quant.F32, []int{1}, 4), "found 0 bytes"},
		{"long name", add(strings.Repeat("n", 65), quant.F32, []int{1}, 4), "found 65 bytes"},
		{"name twice", add("taken", quant.F32, []int{1}, 4), "there already"},
		{"five dimensions", add("t", quant.F32, []int{1, 1, 1, 1, 1}, 4), "5 dimensions"},
		{"zero", add("t", quant.F32, []int{0}, 0), "found shape [0]"},
		{"negative", add("t", quant.F32, []int{-1}, 0), "found shape [-1]"},
		{"overflow", add("t", quant.F32, []int{1 << 40, 1 << 40}, 0), "at most 281474976710656 elements"},
		{"type", add("t", 10, []int{256}, 84), "type is Q2_K"},
		{"half a block", add("t", quant.Q4_0, []int{48}, 27), "first dimension is 48, wanted a multiple of 32"},
		{"short data", add("t", quant.F32, []int{3}, 8), "found 8 bytes of data, wanted 12"},
	} {
		if err := test.call(); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want one with %q", test.name, err, test.want)
		}
	}
	f, err := Read(written(t, &w))
	if err != nil || !cmp.Equal(f.Keys(), []string{"taken"}) || len(f.Tensors()) != 1 {
		t.Errorf("after the refusals: %v, %v, %v", f.Keys(), f.Tensors(), err)
	}
}

// full is a disk without room.
type full struct{ room int }

var errFull = errors.New("no space left")

func (w *full) Write(b []byte) (int, error) {
	n := min(len(b), w.room)
	w.room -= n
	if n < len(b) {
		return n, errFull
	}
	return n, nil
}

func TestWriteToFails(t *testing.T) {
	var w Writer
	if err := w.Add("t", quant.F32, []int{50000}, make([]byte, 200000)); err != nil {
		t.Fatal(err)
	}
	for _, room := range []int{0, 10, 100000, 200000} {
		if _, err := w.WriteTo(&full{room}); !errors.Is(err, errFull) {
			t.Errorf("room for %d bytes: %v", room, err)
		}
	}
}
