//go:build !unix

package gguf

import (
	"io"
	"os"
)

// mapBytes reads the first size bytes of file, where there is no mmap.
func mapBytes(file *os.File, size int) ([]byte, func() error, error) {
	data := make([]byte, size)
	if _, err := io.ReadFull(file, data); err != nil {
		return nil, nil, err
	}
	return data, func() error { return nil }, nil
}
