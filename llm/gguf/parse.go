package gguf

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"unicode/utf8"
)

const (
	magic            = "GGUF"
	headerBytes      = 24
	defaultAlignment = 32

	// The least that a key (with a name of one byte and a value of one) and a tensor
	// (with a name of one byte and no dimensions) take in the file.
	minKeyBytes    = 8 + 1 + 4 + 1
	minTensorBytes = 8 + 1 + 4 + 4 + 8
)

// Limits of what is read. Those that the specification does not set are far above
// what any published model needs, and keep the memory for a hostile file small.
const (
	maxKeys       = 1 << 16
	maxTensors    = 1 << 16
	maxKeyName    = 1<<16 - 1 // specification
	maxTensorName = 64        // specification
	maxDimensions = 4         // specification
	maxNesting    = 8         // arrays in arrays
	maxString     = 16 << 20
	maxMetadata   = 1 << 29
	maxAlignment  = 1 << 16
	minAlignment  = 8 // specification: a multiple of 8
)

// parser walks the header. The first fault is kept in err, and from then on every
// read gives zero, so that a caller checks once per entry.
type parser struct {
	data []byte
	at   int
	err  error

	// What is being read, for errors: part of the owner, which is "key" or "tensor"
	// with its name once that is known, or nothing.
	part, owner string
	name        []byte
	index       int
}

// fail notes that what begins at offset is found instead of wanted.
func (p *parser) fail(kind error, offset int, found, wanted string) {
	if p.err != nil {
		return
	}
	thing := p.part
	if p.owner != "" && p.name != nil {
		thing = fmt.Sprintf("%s of %s %s", p.part, p.owner, quote(p.name))
	} else if p.owner != "" {
		thing = fmt.Sprintf("%s of %s %d", p.part, p.owner, p.index)
	}
	p.err = &Error{Thing: thing, Offset: int64(offset), Found: found, Wanted: wanted, kind: kind}
}

// left returns the number of bytes that are not read yet.
func (p *parser) left() uint64 { return uint64(len(p.data) - p.at) }

// bytes returns the next n bytes.
func (p *parser) bytes(n uint64) []byte {
	if p.err == nil && n > p.left() {
		p.fail(ErrFormat, p.at, fmt.Sprintf("cut off after %d bytes", p.left()), fmt.Sprintf("%d bytes", n))
	}
	if p.err != nil {
		return nil
	}
	b := p.data[p.at : p.at+int(n)]
	p.at += int(n)
	return b
}

func (p *parser) u32() uint32 {
	if b := p.bytes(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (p *parser) u64() uint64 {
	if b := p.bytes(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// str returns a string of at most limit bytes, whose length comes first. The part is
// whole already: a vocabulary has 300,000 strings, and to join two words for each
// would allocate as often.
func (p *parser) str(part string, limit uint64) []byte {
	p.part = part
	start := p.at
	n := p.u64()
	if p.err == nil && n > limit {
		p.fail(ErrFormat, start, fmt.Sprint(n), fmt.Sprintf("at most %d", limit))
	}
	if p.err == nil && n > p.left() {
		p.fail(ErrFormat, start, fmt.Sprint(n), fmt.Sprintf("at most the %d bytes that follow", p.left()))
	}
	return p.bytes(n)
}

// entryName returns the name of a key or tensor.
func (p *parser) entryName(limit uint64) []byte {
	name := p.str("length of the name", limit)
	p.part = "name"
	if p.err == nil && len(name) == 0 {
		p.fail(ErrFormat, p.at, "empty", "at least one byte")
	}
	if p.err == nil && !utf8.Valid(name) {
		p.fail(ErrFormat, p.at-len(name), quote(name), "UTF-8")
	}
	return name
}

// count returns a number of entries that take at least size bytes each.
func (p *parser) count(what string, size int, limit uint64) int {
	p.part = what
	start := p.at
	n := p.u64()
	if p.err == nil && n > limit {
		p.fail(ErrFormat, start, fmt.Sprint(n), fmt.Sprintf("at most %d", limit))
	}
	if most := p.left() / uint64(size); p.err == nil && n > most {
		p.fail(ErrFormat, start, fmt.Sprint(n), fmt.Sprintf("at most %d, for which the %d bytes that follow have room", most, p.left()))
	}
	if p.err != nil {
		return 0
	}
	return int(n)
}

// file reads the whole header. What it returns is good if p.err is nil.
func (p *parser) file() *File {
	f := &File{Size: int64(len(p.data)), Alignment: defaultAlignment}
	f.Version = p.version()
	tensors := p.count("number of tensors", minTensorBytes, maxTensors)
	keys := p.count("number of keys", minKeyBytes, maxKeys)
	// Both counts were checked alone: together they need room too.
	if need := uint64(tensors)*minTensorBytes + uint64(keys)*minKeyBytes; p.err == nil && need > p.left() {
		p.part = "number of tensors and keys"
		p.fail(ErrFormat, 8, fmt.Sprintf("%d and %d, which take %d bytes", tensors, keys, need), fmt.Sprintf("at most the %d that follow", p.left()))
	}
	if p.err != nil {
		return f
	}
	p.metadata(f, keys)
	p.alignment(f)
	p.tensors(f, tensors)
	return f
}

func (p *parser) version() uint32 {
	p.part = "magic"
	if b := p.bytes(4); b != nil && string(b) != magic {
		p.fail(ErrFormat, 0, quote(b), quote(magic))
	}
	p.part = "version"
	v := p.u32()
	switch {
	case p.err != nil, v == 2, v == 3:
	case v == 1:
		p.fail(ErrUnsupported, 4, "1", "2 or 3")
	case bits.ReverseBytes32(v) <= 3 && v != 0:
		p.fail(ErrUnsupported, 4, fmt.Sprintf("%d in big-endian order", bits.ReverseBytes32(v)), "a little-endian file")
	default:
		p.fail(ErrFormat, 4, fmt.Sprint(v), "2 or 3")
	}
	return v
}

// metadata reads the keys and their values.
func (p *parser) metadata(f *File, n int) {
	type span struct{ key, keyEnd, kindAt, value, end int }
	spans, kinds := make([]span, 0, n), make([]Kind, 0, n)
	first := p.at
	p.owner = "key"
	for p.index = range n {
		p.name = nil
		p.name = p.entryName(maxKeyName)
		s := span{key: p.at - len(p.name), keyEnd: p.at, kindAt: p.at}
		kind := p.kind("type")
		s.value = p.at
		p.value(kind, 0)
		s.end = p.at
		if p.err == nil && s.end-first > maxMetadata {
			p.part = "end"
			p.fail(ErrFormat, s.end, fmt.Sprintf("%d bytes after the first key", s.end-first), fmt.Sprintf("at most %d", maxMetadata))
		}
		if p.err != nil {
			return
		}
		spans, kinds = append(spans, s), append(kinds, kind)
	}
	// One copy, of which keys, values and all strings are parts: they stay good when
	// the file is closed, and no string is allocated by itself.
	text := string(p.data[first:p.at])
	f.entries, f.keys = make([]entry, n), make(map[string]int, n)
	for i, s := range spans {
		e := entry{text[s.key-first : s.keyEnd-first], Value{kinds[i], text[s.value-first : s.end-first]}, int64(s.kindAt)}
		if _, ok := f.keys[e.key]; ok {
			p.part, p.name = "name", []byte(e.key)
			p.fail(ErrFormat, s.key, "there twice", "each key once")
			return
		}
		f.entries[i], f.keys[e.key] = e, i
	}
}

// kind reads the type of a value or of an array's elements.
func (p *parser) kind(what string) Kind {
	p.part = what
	start := p.at
	k := Kind(p.u32())
	if p.err == nil && !k.valid() {
		p.fail(ErrFormat, start, fmt.Sprint(uint32(k)), fmt.Sprintf("0 to %d", len(kinds)-1))
	}
	return k
}

// value walks over a value of kind k and checks it.
func (p *parser) value(k Kind, nesting int) {
	if p.err != nil {
		return
	}
	switch k {
	case String:
		p.str("length of a string", maxString)
	case Array:
		p.array(nesting + 1)
	default:
		p.part = "value"
		p.bools(k, p.bytes(uint64(k.size())))
	}
}

func (p *parser) array(nesting int) {
	if nesting > maxNesting {
		p.part = "nesting of arrays"
		p.fail(ErrFormat, p.at, "deeper", fmt.Sprintf("at most %d", maxNesting))
		return
	}
	elem := p.kind("element type")
	if p.err != nil {
		return
	}
	n := p.count("number of elements", elem.size(), maxMetadata)
	if elem == String || elem == Array {
		for range n {
			if p.value(elem, nesting); p.err != nil {
				return
			}
		}
		return
	}
	p.part = "elements"
	p.bools(elem, p.bytes(uint64(n)*uint64(elem.size())))
}

// bools checks that values of kind Bool, which were just read, are 0 or 1.
func (p *parser) bools(k Kind, values []byte) {
	if k != Bool {
		return
	}
	for i, b := range values {
		if b > 1 {
			p.fail(ErrFormat, p.at-len(values)+i, fmt.Sprint(b), "0 or 1 for a bool")
			return
		}
	}
}

// alignment applies general.alignment.
func (p *parser) alignment(f *File) {
	const key = "general.alignment"
	v, ok := f.Lookup(key)
	if p.err != nil || !ok {
		return
	}
	p.part, p.name = "type", []byte(key)
	offset := int(f.entries[f.keys[key]].offset)
	if v.kind != Uint32 {
		p.fail(ErrFormat, offset, v.describe(), "uint32")
		return
	}
	p.part = "value"
	if n := v.bits(); n < minAlignment || n > maxAlignment || n&(n-1) != 0 {
		p.fail(ErrFormat, offset+4, fmt.Sprint(n), fmt.Sprintf("a power of two from %d to %d", minAlignment, maxAlignment))
		return
	}
	f.Alignment = int(v.bits())
}
