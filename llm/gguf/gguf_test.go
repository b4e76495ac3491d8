package gguf

import (
	"bytes"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

const golden = "testdata/small.gguf"

// TestOpenGolden reads what the reference package wrote.
func TestOpenGolden(t *testing.T) {
	f, err := Open(golden)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if f.Version != 3 || f.Alignment != 32 {
		t.Errorf("version %d, alignment %d; want 3, 32", f.Version, f.Alignment)
	}
	got := map[string]any{}
	for _, k := range f.Keys() {
		v, _ := f.Lookup(k)
		if v.Kind() == Array && v.Elem() == Array {
			var rows []any
			for _, row := range v.Any().([]Value) {
				rows = append(rows, row.Any())
			}
			got[k] = rows
			continue
		}
		got[k] = v.Any()
	}
	want := map[string]any{
		"general.architecture": "qwen2", "general.name": "Small", "general.license": "apache-2.0", "general.file_type": uint32(15),
		"qwen2.context_length": uint32(4096), "qwen2.block_count": uint32(3),
		"kind.uint8": uint8(0xF8), "kind.int8": int8(-8), "kind.uint16": uint16(0xFF16), "kind.int16": int16(-16000),
		"kind.uint32": uint32(0xFFFFFF32), "kind.int32": int32(-2_000_000_032), "kind.float32": float32(0.32),
		"kind.true": true, "kind.false": false, "kind.string": "naïve 中文 🙂 \x00 end",
		"kind.uint64": uint64(math.MaxUint64 - 63), "kind.int64": int64(math.MinInt64 + 64), "kind.float64": 1e-300,
		"array.int32": []int32{1, -2, 3}, "array.float32": []float32{0.5, -1.5}, "array.bool": []bool{true, false, true},
		"array.string":       []string{"", "Ġthe", "é"},
		"array.array":        []any{[]int32{1, 2}, []int32{3}, []int32{4, 5, 6}},
		"array.array.string": []any{[]string{"a", "bc"}, []string{"def"}},
		"array.uint8":        []uint8{1, 255}, "array.int8": []int8{-1, 127},
		"array.uint16": []uint16{1, 65535}, "array.int16": []int16{-1, 32767}, "array.uint32": []uint32{1, math.MaxUint32},
		"array.uint64": []uint64{1, math.MaxUint64}, "array.int64": []int64{-1, math.MaxInt64}, "array.float64": []float64{0.25, -1e300},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("metadata (-want +got):\n%s", diff)
	}
	wantSummary := Summary{"qwen2", "Small", "Q4_K_M", "apache-2.0", 128*(1+7*2) + 512*3*2 + 120, 4096, 3, f.Size}
	if diff := cmp.Diff(wantSummary, f.Summary()); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
}

// TestTensorsGolden checks tensors of each type against the elements that the
// reference package made of them.
func TestTensorsGolden(t *testing.T) {
	f, err := Open(golden)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	seen := map[quant.Type]bool{}
	for _, tensor := range f.Tensors() {
		twin, err := f.Tensor(tensor.Name + ".f32")
		if err != nil {
			continue
		}
		seen[tensor.Type] = true
		got, want := make([]float32, tensor.Elements()), make([]float32, twin.Elements())
		quant.Dequantize(got, tensor.Type, tensor.Data)
		quant.Dequantize(want, quant.F32, twin.Data)
		if !cmp.Equal(tensor.Shape, twin.Shape) || !cmp.Equal(got, want) {
			t.Errorf("%v: shape and elements differ from %v:\n%s", tensor, twin, cmp.Diff(want, got))
		}
	}
	for _, typ := range quant.Types {
		if typ != quant.F32 && !seen[typ] {
			t.Errorf("no tensor of type %v in %s", typ, golden)
		}
	}
	four, err := f.Tensor("four.dimensions")
	if err != nil || !cmp.Equal(four.Shape, []int{5, 4, 3, 2}) {
		t.Errorf("four.dimensions: %v, %v; want shape [5 4 3 2]", four.Shape, err)
	}
	if got, want := four.String(), "four.dimensions F32 [5 4 3 2]"; got != want {
		t.Errorf("String() = %q, want %q", got, want)
	}
	if _, err := f.Tensor("none"); !errors.Is(err, ErrMissing) || !errors.Is(err, ErrFormat) {
		t.Errorf("missing tensor: %v", err)
	}
}

func TestLookups(t *testing.T) {
	f := readGolden(t)
	for _, test := range []struct {
		name string
		call func() (any, error)
		want any // or, as a string that begins with "!", the error's text
	}{
		{"String", func() (any, error) { return f.String("general.name") }, "Small"},
		{"Bool", func() (any, error) { return f.Bool("kind.true") }, true},
		{"Bool false", func() (any, error) { return f.Bool("kind.false") }, false},
		{"Uint of uint8", func() (any, error) { return f.Uint("kind.uint8") }, uint64(0xF8)},
		{"Uint of uint64", func() (any, error) { return f.Uint("kind.uint64") }, uint64(math.MaxUint64 - 63)},
		{"Int of int8", func() (any, error) { return f.Int("kind.int8") }, int64(-8)},
		{"Int of int16", func() (any, error) { return f.Int("kind.int16") }, int64(-16000)},
		{"Int of int64", func() (any, error) { return f.Int("kind.int64") }, int64(math.MinInt64 + 64)},
		{"Float of float32", func() (any, error) { return f.Float("kind.float32") }, float64(float32(0.32))},
		{"Float of float64", func() (any, error) { return f.Float("kind.float64") }, 1e-300},
		{"Strings", func() (any, error) { return f.Strings("array.string") }, []string{"", "Ġthe", "é"}},
		{"Ints", func() (any, error) { return f.Ints("array.int8") }, []int64{-1, 127}},
		{"Ints of uint32", func() (any, error) { return f.Ints("array.uint32") }, []int64{1, math.MaxUint32}},
		{"Int32s", func() (any, error) { return f.Int32s("array.int32") }, []int32{1, -2, 3}},
		{"Floats", func() (any, error) { return f.Floats("array.float32") }, []float64{0.5, -1.5}},
		{"missing", func() (any, error) { return f.Uint("none") }, `!gguf: key "none" is missing, wanted an unsigned integer`},
		{"String of uint", func() (any, error) { return f.String("kind.uint8") }, `!type of key "kind.uint8" at byte `},
		{"Bool of string", func() (any, error) { return f.Bool("general.name") }, "!is string, wanted a bool"},
		{"Uint of negative", func() (any, error) { return f.Uint("kind.int8") }, `!key "kind.int8" is -8, wanted an unsigned integer`},
		{"Uint of array", func() (any, error) { return f.Uint("array.int8") }, "!is array of int8, wanted an unsigned integer"},
		{"Int of large", func() (any, error) { return f.Int("kind.uint64") }, "!is 18446744073709551552, wanted an integer of at most 63 bits"},
		{"Float of uint", func() (any, error) { return f.Float("kind.uint8") }, "!is uint8, wanted a float"},
		{"Strings of string", func() (any, error) { return f.Strings("general.name") }, "!is string, wanted an array of strings"},
		{"Ints of floats", func() (any, error) { return f.Ints("array.float32") }, "!is array of float32, wanted an array of integers"},
		{"Ints of large", func() (any, error) { return f.Ints("array.uint64") }, `!key "array.uint64[1]" is 18446744073709551615, wanted`},
		{"Int32s of large", func() (any, error) { return f.Int32s("array.uint32") }, `!key "array.uint32[1]" is 4294967295, wanted -2147483648 to 2147483647`},
		{"Int32s of negative", func() (any, error) { return f.Int32s("array.int64") }, `!key "array.int64[1]" is 9223372036854775807`},
		{"Floats of strings", func() (any, error) { return f.Floats("array.string") }, "!is array of string, wanted an array of floats"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := test.call()
			if text, ok := test.want.(string); ok && strings.HasPrefix(text, "!") {
				if err == nil || !strings.Contains(err.Error(), text[1:]) || !errors.Is(err, ErrFormat) {
					t.Errorf("error %v, want one with %q", err, text[1:])
				}
			} else if err != nil || !cmp.Equal(got, test.want) {
				t.Errorf("got %#v, %v; want %#v", got, err, test.want)
			}
		})
	}
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	if _, err := Open(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "wanted a regular file") {
		t.Errorf("folder: %v", err)
	}
	for _, content := range []string{"", "GG", "<!DOCTYPE html><html><body>404 not found"} {
		path := write("bad", content)
		if _, err := Open(path); !errors.Is(err, ErrFormat) || !strings.HasPrefix(err.Error(), "open "+path+": gguf: malformed file: magic") {
			t.Errorf("%q: %v", content, err)
		}
	}
}

// TestClose checks that what was looked up stays good after Close.
func TestClose(t *testing.T) {
	f, err := Open(golden)
	if err != nil {
		t.Fatal(err)
	}
	name, _ := f.Strings("array.string")
	v, _ := f.Lookup("array.array")
	for range 2 { // the second time does nothing
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if name[1] != "Ġthe" || v.Any().([]Value)[2].Any().([]int32)[2] != 6 {
		t.Error("values changed when the file was closed")
	}
	if f.Tensors()[0].Data != nil {
		t.Error("a tensor still points to the mapping that is gone")
	}
}

// TestShrunk cuts a file while it is mapped and not read yet: an error, not the end
// of the program.
func TestShrunk(t *testing.T) {
	var w Writer
	for i := range 40 { // more than a page
		if err := w.Set("key."+string(rune('a'+i)), strings.Repeat("x", 1000)); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "model.gguf")
	if err := os.WriteFile(path, written(t, &w), 0o600); err != nil {
		t.Fatal(err)
	}
	data, unmap, err := mapFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer unmap()
	if err := os.Truncate(path, 4096); err != nil {
		t.Fatal(err)
	}
	if _, err := readMapped(data); !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), "no longer readable") {
		t.Errorf("error %v, want one that says that the file is no longer readable", err)
	}
}

// vocabulary is a file with the arrays of a real tokenizer.
func vocabulary(t testing.TB) []byte {
	tokens, types := make([]string, 151936), make([]int32, 151936)
	for i := range tokens {
		tokens[i] = strings.Repeat("t", 1+i%12)
	}
	var w Writer
	for key, v := range map[string]any{"tokenizer.ggml.tokens": tokens, "tokenizer.ggml.merges": tokens, "tokenizer.ggml.token_type": types} {
		if err := w.Set(key, v); err != nil {
			t.Fatal(err)
		}
	}
	return written(t, &w)
}

// TestVocabulary holds the allocations, on which the time depends; the benchmark
// tells the time.
func TestVocabulary(t *testing.T) {
	data := vocabulary(t)
	n := testing.AllocsPerRun(3, func() {
		f, err := Read(data)
		if err != nil {
			t.Fatal(err)
		}
		tokens, err := f.Strings("tokenizer.ggml.tokens")
		if err != nil || len(tokens) != 151936 || tokens[11] != "tttttttttttt" {
			t.Fatalf("%d tokens, %v", len(tokens), err)
		}
	})
	if n > 50 {
		t.Errorf("%v allocations, want a few, not one a token", n)
	}
}

func BenchmarkVocabulary(b *testing.B) {
	data := vocabulary(b)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		f, err := Read(data)
		if err != nil {
			b.Fatal(err)
		}
		for _, key := range []string{"tokenizer.ggml.tokens", "tokenizer.ggml.merges"} {
			if _, err := f.Strings(key); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func readGolden(t testing.TB) *File {
	t.Helper()
	data, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	f, err := Read(data)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func written(t testing.TB, w *Writer) []byte {
	t.Helper()
	var b bytes.Buffer
	n, err := w.WriteTo(&b)
	if err != nil || n != int64(b.Len()) {
		t.Fatalf("WriteTo: %d of %d bytes, %v", n, b.Len(), err)
	}
	return b.Bytes()
}
