package qwen

import (
	"fmt"
	"slices"

	"github.com/qwen-agent/qwen-agent/kernels"
	"github.com/qwen-agent/qwen-agent/llm/gguf"
)

// loader puts tensors and buffers on a device and keeps the first error, so that a network
// can be listed without one after each line.
type loader struct {
	f   *gguf.File
	d   kernels.Device
	err error
}

// matrix loads a weight of (rows, cols); the file has the fastest dimension first.
func (l *loader) matrix(name string, rows, cols int) kernels.Weight {
	return l.load(name, rows, cols, []int{cols, rows})
}

// vector loads a weight of one row.
func (l *loader) vector(name string, n int) kernels.Weight {
	return l.load(name, 1, n, []int{n})
}

func (l *loader) load(name string, rows, cols int, shape []int) kernels.Weight {
	if l.err != nil {
		return nil
	}
	t, err := l.f.Tensor(name)
	if err != nil {
		l.err = fmt.Errorf("qwen: %w", err)
		return nil
	}
	if !slices.Equal(t.Shape, shape) {
		l.err = shapeError(t, fmt.Sprint(shape))
		return nil
	}
	w, err := l.d.Weight(t.Type, rows, cols, t.Data)
	if err != nil {
		l.err = fmt.Errorf("load tensor %q: %w", name, err)
	}
	return w
}

func (l *loader) has(name string) bool {
	_, err := l.f.Tensor(name)
	return err == nil
}

func (l *loader) buffer(rows, cols int) kernels.Buffer {
	if l.err != nil {
		return nil
	}
	b, err := l.d.Buffer(rows, cols)
	if err != nil {
		l.err = fmt.Errorf("qwen: a buffer of %d by %d: %w", rows, cols, err)
	}
	return b
}
