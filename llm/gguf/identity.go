package gguf

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"runtime/debug"
)

// identitySample is how many bytes of each tensor are looked at.
const identitySample = 64

// Identity returns a hash that tells models apart without reading them: of the file's size and of all that stands
// before the data, and of some bytes from the middle of each tensor, as models that were tuned differ in nothing
// else. The file must have been opened with Open. An error says that it can no longer be read.
func (f *File) Identity() (id [32]byte, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			fault, ok := r.(interface{ Addr() uintptr })
			if !ok {
				panic(r)
			}
			err = fmt.Errorf("gguf: the file was changed while it is in use (at address %#x)", fault.Addr())
		}
	}()
	h := sha256.New()
	var size [8]byte
	binary.LittleEndian.PutUint64(size[:], uint64(f.Size))
	h.Write(size[:])
	head := f.Size
	for i := range f.tensors {
		head = min(head, f.tensors[i].Offset)
	}
	h.Write(f.mapped[:min(head, int64(len(f.mapped)))])
	for i := range f.tensors {
		data := f.tensors[i].Data
		from := max(0, len(data)/2-identitySample/2)
		h.Write(data[from:min(len(data), from+identitySample)])
	}
	return [32]byte(h.Sum(nil)), nil
}
