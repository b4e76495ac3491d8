// Package gguf reads and writes GGUF files, versions 2 and 3: the metadata and
// the tensors of a model in one file that is mapped into memory.
//
//	"GGUF"  version u32  tensors u64  keys u64     24 bytes, little-endian
//	key     length u64, bytes, kind u32, value     for each key
//	tensor  name, dimensions u32, their sizes u64, type u32, offset u64
//	padding to the alignment                       (general.alignment, or 32)
//	tensor data, each tensor's offset counted from here
//
// A string is its length (u64) and its bytes; an array is the kind of its
// elements (u32), their number (u64) and the elements, which may be arrays.
//
// Model files come from strangers. Every length is checked against what is left
// of the file before it is believed, so that reading a header allocates no more
// than a small multiple of the header's own size; what is wrong is told by an
// *Error, which names the key or tensor and the byte.
//
// Source: the GGUF specification, docs/gguf.md of ggml-org/ggml.
package gguf
