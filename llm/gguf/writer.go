package gguf

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

// Writer collects metadata and tensors and writes them as one file. What it writes,
// Read reads. The zero value writes version 3 with an alignment of 32 bytes.
type Writer struct {
	Version uint32 // 0 means 3

	entries   []entry
	tensors   []Tensor
	taken     map[string]bool // names, as "key NAME" and "tensor NAME"
	alignment int
}

// Set adds a key with a value of any type that ValueOf knows. The key
// "general.alignment", a uint32, also sets the alignment of the tensors.
func (w *Writer) Set(key string, value any) error {
	v, err := ValueOf(value)
	if err != nil {
		return fmt.Errorf("set key %s: %w", quote(key), err)
	}
	// The parser says what it would not read back, the nesting of arrays included.
	p := &parser{data: []byte(v.raw), owner: "key", name: []byte(key)}
	p.value(v.kind, 0)
	switch {
	case p.err != nil:
		return fmt.Errorf("set key %s: %w", quote(key), p.err)
	case len(key) == 0 || len(key) > maxKeyName || !utf8.ValidString(key):
		return fmt.Errorf("gguf: set key %s: found %d bytes, wanted 1 to %d bytes of UTF-8", quote(key), len(key), maxKeyName)
	case w.taken["key "+key]:
		return fmt.Errorf("gguf: set key %s: it is there already", quote(key))
	case len(w.entries) == maxKeys:
		return fmt.Errorf("gguf: set key %s: there are %d keys already, the most that a file may have", quote(key), maxKeys)
	}
	f := &File{entries: []entry{{key: key, value: v}}, keys: map[string]int{key: 0}, Alignment: w.alignment}
	if p.alignment(f); p.err != nil {
		return fmt.Errorf("set key %s: %w", quote(key), p.err)
	}
	w.alignment = f.Alignment
	w.take("key " + key)
	w.entries = append(w.entries, f.entries[0])
	return nil
}

// Add adds a tensor: data is in blocks of t, and shape has the fastest dimension
// first. The Writer keeps data until the file is written.
func (w *Writer) Add(name string, t quant.Type, shape []int, data []byte) error {
	tensor := Tensor{Name: name, Type: t, Shape: slices.Clone(shape), Data: data}
	if len(name) == 0 || len(name) > maxTensorName || !utf8.ValidString(name) {
		return fmt.Errorf("gguf: add tensor %s: found %d bytes, wanted 1 to %d bytes of UTF-8", quote(name), len(name), maxTensorName)
	}
	if w.taken["tensor "+name] {
		return fmt.Errorf("gguf: add tensor %s: it is there already", quote(name))
	}
	if len(shape) > maxDimensions || len(w.tensors) == maxTensors {
		return fmt.Errorf("gguf: add tensor %s: %d dimensions, tensor %d; wanted at most %d and %d", quote(name), len(shape), len(w.tensors)+1, maxDimensions, maxTensors)
	}
	elements := 1
	for _, d := range shape {
		if d < 1 || d > maxElements/elements {
			return fmt.Errorf("gguf: add tensor %s: found shape %v, wanted positive sizes and at most %d elements", quote(name), shape, maxElements)
		}
		elements *= d
	}
	if fault := checkBlocks(&tensor); fault != nil {
		return fmt.Errorf("gguf: add tensor %s: %s is %s, wanted %s", quote(name), fault.Thing, fault.Found, fault.Wanted)
	}
	if want := t.Bytes(elements); len(data) != want {
		return fmt.Errorf("gguf: add tensor %s: found %d bytes of data, wanted %d for %v of shape %v", quote(name), len(data), want, t, shape)
	}
	w.take("tensor " + name)
	w.tensors = append(w.tensors, tensor)
	return nil
}

func (w *Writer) take(name string) {
	if w.taken == nil {
		w.taken = map[string]bool{}
	}
	w.taken[name] = true
}

// WriteTo writes the file and returns the number of bytes written.
func (w *Writer) WriteTo(dst io.Writer) (int64, error) {
	version, alignment := w.Version, w.alignment
	if version == 0 {
		version = 3
	}
	if version != 2 && version != 3 {
		return 0, fmt.Errorf("gguf: write version %d, want 2 or 3", version)
	}
	if alignment == 0 {
		alignment = defaultAlignment
	}
	le := binary.LittleEndian
	head := le.AppendUint32([]byte(magic), version)
	head = le.AppendUint64(head, uint64(len(w.tensors)))
	head = le.AppendUint64(head, uint64(len(w.entries)))
	for _, e := range w.entries {
		head = le.AppendUint32(appendString(head, e.key), uint32(e.value.kind))
		head = append(head, e.value.raw...)
	}
	offset := 0
	for _, t := range w.tensors {
		head = le.AppendUint32(appendString(head, t.Name), uint32(len(t.Shape)))
		for _, d := range t.Shape {
			head = le.AppendUint64(head, uint64(d))
		}
		head = le.AppendUint64(le.AppendUint32(head, uint32(t.Type)), uint64(offset))
		offset = align(offset+len(t.Data), alignment)
	}
	out := &counter{w: bufio.NewWriter(dst)}
	out.write(head, alignment)
	for _, t := range w.tensors {
		out.write(t.Data, alignment)
	}
	if out.err == nil {
		out.err = out.w.Flush()
	}
	if out.err != nil {
		return out.n, fmt.Errorf("gguf: write: %w", out.err)
	}
	return out.n, nil
}

// counter writes pieces with padding after each and counts the bytes.
type counter struct {
	w   *bufio.Writer
	n   int64
	err error
}

func (c *counter) write(b []byte, alignment int) {
	for _, b := range [][]byte{b, make([]byte, align(len(b), alignment)-len(b))} {
		if c.err == nil {
			var n int
			n, c.err = c.w.Write(b)
			c.n += int64(n)
		}
	}
}
