package gguf

import (
	"fmt"
	"os"
	"runtime/debug"
	"unsafe"

	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

// File is the content of a GGUF file. Its methods may be called from several
// goroutines at once, but not during or after Close.
type File struct {
	Version   uint32 // 2 or 3
	Alignment int    // of the tensors' data, in bytes; a power of two
	Size      int64  // of the whole file, in bytes

	entries []entry
	keys    map[string]int // key to its index in entries
	tensors []Tensor
	names   map[string]int // name to its index in tensors
	unmap   func() error   // nil if data came from the caller
	mapped  []byte         // all of the file, if unmap is not nil
}

// entry is one key with its value.
type entry struct {
	key    string
	value  Value
	offset int64 // of the value's type in the file
}

// Tensor is one tensor of a file.
type Tensor struct {
	Name   string
	Type   quant.Type
	Shape  []int  // as in the file: the fastest dimension first; at most four
	Data   []byte // in blocks of Type; read-only, and gone once the file is closed
	Offset int64  // of Data in the file, in bytes
}

// Elements returns the number of the tensor's elements.
func (t Tensor) Elements() int {
	n := 1
	for _, d := range t.Shape {
		n *= d
	}
	return n
}

// String describes the tensor without its data: "blk.0.attn_q.bias F32 [896]".
func (t Tensor) String() string { return fmt.Sprintf("%s %v %v", t.Name, t.Type, t.Shape) }

// Open maps the GGUF file at path into memory and reads its header; tensor data
// stays on disk until it is used. The error is an *Error, which wraps ErrFormat, if
// the content is at fault.
//
// If the file is made shorter while it is mapped, reading the part that is gone
// stops the program, unless the reading goroutine called debug.SetPanicOnFault.
func Open(path string) (*File, error) {
	data, unmap, err := mapFile(path)
	if err != nil {
		return nil, err
	}
	f, err := readMapped(data)
	if err != nil {
		unmap()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	f.unmap, f.mapped = unmap, data
	return f, nil
}

// readMapped is Read with protection against a file that shrinks meanwhile.
func readMapped(data []byte) (f *File, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			fault, ok := r.(interface{ Addr() uintptr }) // what the runtime panics with on a fault
			if !ok {
				panic(r)
			}
			err = &Error{Thing: "file", Offset: -1, Found: fmt.Sprintf("no longer readable at address %#x", fault.Addr()), Wanted: fmt.Sprintf("the %d bytes that it had when it was opened", len(data))}
		}
	}()
	return Read(data)
}

// Read is Open on the bytes of a file that is already in memory. The tensors' Data
// are parts of data; everything else is copied.
func Read(data []byte) (*File, error) {
	p := &parser{data: data}
	f := p.file()
	if p.err != nil {
		return nil, p.err
	}
	return f, nil
}

// Close unmaps the file. The Data of its tensors must not be used any more; strings
// and values stay good.
func (f *File) Close() error {
	for i := range f.tensors {
		f.tensors[i].Data = nil
	}
	if f.unmap == nil {
		return nil
	}
	unmap := f.unmap
	f.unmap, f.mapped = nil, nil
	return unmap()
}

// Release says that data, a part of a tensor's Data, will hardly be read again: the process gives back the
// memory that it takes, as far as the system allows. It can still be read, which brings it back. Bytes that
// are not those of a file that Open has mapped are left alone.
func (f *File) Release(data []byte) {
	if len(data) == 0 || len(f.mapped) == 0 {
		return
	}
	base, start := uintptr(unsafe.Pointer(&f.mapped[0])), uintptr(unsafe.Pointer(&data[0]))
	if start < base || start-base > uintptr(len(f.mapped)-len(data)) {
		return
	}
	from := int(start - base)
	// Whole pages only: their neighbours may be in use.
	page := os.Getpagesize()
	first, last := (from+page-1)/page*page, (from+len(data))/page*page
	if first < last {
		dropPages(f.mapped[first:last])
	}
}

// Tensors returns the tensors in the file's order.
func (f *File) Tensors() []Tensor { return f.tensors }

// Tensor returns the tensor of that name; if there is none, the error is ErrMissing.
func (f *File) Tensor(name string) (Tensor, error) {
	i, ok := f.names[name]
	if !ok {
		return Tensor{}, &Error{Thing: "tensor " + quote(name), Offset: -1, Found: "missing", Wanted: fmt.Sprintf("one of the file's %d tensors", len(f.tensors)), kind: ErrMissing}
	}
	return f.tensors[i], nil
}

// mapFile returns the bytes of the regular file at path and what releases them.
func mapFile(path string) (data []byte, unmap func() error, err error) {
	info, err := os.Stat(path) // before opening it: to open a pipe would wait for its writer
	if err != nil {
		return nil, nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, nil, fmt.Errorf("open %s: gguf: found %v, wanted a regular file", path, info.Mode().Type())
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer file.Close() // the mapping outlives the descriptor
	if info, err = file.Stat(); err != nil {
		return nil, nil, err
	}
	size := info.Size()
	if size == 0 {
		return nil, func() error { return nil }, nil // cannot be mapped; Read says what is wrong
	}
	if int64(int(size)) != size {
		return nil, nil, fmt.Errorf("open %s: gguf: the file has %d bytes, more than this platform can address", path, size)
	}
	data, unmap, err = mapBytes(file, int(size))
	if err != nil {
		return nil, nil, fmt.Errorf("open %s: gguf: map %d bytes: %w", path, size, err)
	}
	return data, unmap, nil
}
