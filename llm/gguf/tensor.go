package gguf

import (
	"cmp"
	"fmt"
	"math"
	"math/big"
	"slices"

	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

// maxElements of a tensor keeps every product of sizes below 2^63.
const maxElements = min(1<<48, math.MaxInt)

// place is where a tensor's data is, and where the file says so.
type place struct {
	index    int
	offset   uint64 // from the start of the data
	bytes    uint64
	offsetAt int // byte of the file where offset stands
}

// tensors reads the descriptions of n tensors and finds their data.
func (p *parser) tensors(f *File, n int) {
	if p.err != nil {
		return
	}
	f.tensors, f.names = make([]Tensor, n), make(map[string]int, n)
	places := make([]place, n)
	p.owner = "tensor"
	for i := range n {
		p.index, p.name = i, nil
		t := &f.tensors[i]
		p.name = p.entryName(maxTensorName)
		t.Name = string(p.name)
		if _, ok := f.names[t.Name]; ok {
			p.fail(ErrFormat, p.at-len(p.name), "there twice", "each tensor once")
		}
		t.Shape = p.shape()
		p.part = "type"
		typeAt := p.at
		t.Type = quant.Type(p.u32())
		places[i] = place{index: i, bytes: p.tensorBytes(t, typeAt), offsetAt: p.at}
		p.part = "offset"
		offset := p.u64()
		places[i].offset = offset
		if a := uint64(f.Alignment); offset%a != 0 {
			p.fail(ErrFormat, places[i].offsetAt, fmt.Sprint(offset), fmt.Sprintf("a multiple of the alignment, %d", a))
		}
		if p.err != nil {
			return
		}
		f.names[t.Name] = i
	}
	p.place(f, places)
}

// shape reads the sizes of a tensor's dimensions.
func (p *parser) shape() []int {
	p.part = "number of dimensions"
	start := p.at
	n := p.u32()
	if n > maxDimensions {
		p.fail(ErrFormat, start, fmt.Sprint(n), fmt.Sprintf("at most %d", maxDimensions))
	}
	if p.err != nil {
		return nil
	}
	shape, elements := make([]int, n), uint64(1)
	for i := range shape {
		p.part = "size of a dimension"
		start = p.at
		d := p.u64()
		if d == 0 {
			p.fail(ErrFormat, start, "0", "at least 1")
		}
		p.part = "number of elements"
		if p.err == nil && d > maxElements/elements {
			p.fail(ErrFormat, start, fmt.Sprintf("%d times %d", elements, d), fmt.Sprintf("at most %d", uint64(maxElements)))
		}
		if p.err != nil {
			return nil
		}
		shape[i], elements = int(d), elements*d
	}
	return shape
}

// tensorBytes returns the size of t's data. The type stands at typeAt.
func (p *parser) tensorBytes(t *Tensor, typeAt int) uint64 {
	if p.err != nil {
		return 0
	}
	if fault := checkBlocks(t); fault != nil {
		p.part = fault.Thing
		p.fail(fault.kind, typeAt, fault.Found, fault.Wanted)
		return 0
	}
	return uint64(t.Type.Bytes(t.Elements()))
}

// checkBlocks returns what is wrong with t's type or with its first dimension, which
// must be whole blocks of the type, or nil.
func checkBlocks(t *Tensor) *Error {
	if !t.Type.Supported() {
		if name, ok := otherTypes[t.Type]; ok {
			return &Error{Thing: "type", Found: name, Wanted: supportedTypes(), kind: ErrUnsupported}
		}
		return &Error{Thing: "type", Found: fmt.Sprint(uint32(t.Type)), Wanted: supportedTypes(), kind: ErrFormat}
	}
	row := 1
	if len(t.Shape) > 0 {
		row = t.Shape[0]
	}
	if block, _ := t.Type.Block(); row%block != 0 {
		return &Error{Thing: "first dimension", Found: fmt.Sprint(row), Wanted: fmt.Sprintf("a multiple of %d, the block of %v", block, t.Type), kind: ErrFormat}
	}
	return nil
}

// place gives each tensor its data, which must lie inside the file and apart from
// that of the others.
func (p *parser) place(f *File, places []place) {
	start := uint64(align(p.at, f.Alignment))
	size := uint64(len(p.data))
	slices.SortFunc(places, func(a, b place) int { return cmp.Compare(a.offset, b.offset) })
	for i, at := range places {
		t := &f.tensors[at.index]
		p.name = []byte(t.Name)
		p.part = "end of the data"
		if start > size || at.offset > size-start || at.bytes > size-start-at.offset {
			p.fail(ErrFormat, at.offsetAt, fmt.Sprintf("byte %s", sum(start, at.offset, at.bytes)), fmt.Sprintf("at most %d, the size of the file", size))
			return
		}
		if i > 0 && places[i-1].offset+places[i-1].bytes > at.offset {
			before := places[i-1]
			p.part = "data"
			p.fail(ErrFormat, at.offsetAt, fmt.Sprintf("at %d", at.offset),
				fmt.Sprintf("at least %d, the end of tensor %s", before.offset+before.bytes, quote(f.tensors[before.index].Name)))
			return
		}
		t.Offset = int64(start + at.offset)
		end := start + at.offset + at.bytes
		t.Data = p.data[t.Offset:end:end]
	}
}

// sum adds numbers for an error, in which they may pass 2^64.
func sum(n ...uint64) string {
	total := new(big.Int)
	for _, n := range n {
		total.Add(total, new(big.Int).SetUint64(n))
	}
	return total.String()
}

// align returns the first multiple of alignment that is not below n.
func align(n, alignment int) int { return (n + alignment - 1) / alignment * alignment }
