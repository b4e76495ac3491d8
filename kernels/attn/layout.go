package attn

import (
	"encoding/binary"
	"fmt"

	"github.com/qwen-agent/qwen-agent/kernels/half"
	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

// Layout says how the keys and values of one layer lie in a page: those of head 0, 1, …, and of a head
// the keys and then the values. Keys stand in columns, a token a column, because scores are computed for
// neighbouring tokens at once. Numbers are little-endian.
//
//	F16    keys   (Dim, Tokens) float16             values (Tokens, Dim) float16
//	Q8_0   keys   Dim/32 times (Tokens) float16 scales and (32, Tokens) int8
//	       values (Tokens, Dim/32) float16 scales, (Tokens, Dim) int8
//
// A block of Q8_0 has 32 elements of one head at one position, as in GGUF files: with m the largest
// absolute value, an element is x·127/m rounded to the nearest integer, and the scale m/127.
type Layout struct {
	Type    quant.Type // F16 or Q8_0
	KVHeads int
	Tokens  int // positions in a page
	Dim     int // elements of a head: a multiple of 8, and of 32 for Q8_0
}

// Check returns an error if there is no such layout.
func (l Layout) Check() error {
	multiple := 8
	switch l.Type {
	case quant.F16:
	case quant.Q8_0:
		multiple = quant.Q8Block
	default:
		return fmt.Errorf("attn: keys and values of type %v, want %v or %v", l.Type, quant.F16, quant.Q8_0)
	}
	if l.KVHeads < 1 || l.Tokens < 1 || l.Dim < 1 || l.Dim%multiple != 0 {
		return fmt.Errorf("attn: %d heads of %d elements and %d tokens a page in %v, want heads in multiples of %d",
			l.KVHeads, l.Dim, l.Tokens, l.Type, multiple)
	}
	return nil
}

// Bytes returns the size of one layer of a page.
func (l Layout) Bytes() int { return 2 * l.KVHeads * l.side() }

// side returns the bytes of the keys, or of the values, of one head.
func (l Layout) side() int { return l.Type.Bytes(l.Tokens * l.Dim) }

// Pages says where the keys and values of one sequence lie in one layer: those of positions
// [i·Tokens, (i+1)·Tokens) are the Bytes() bytes from Offset + Table[i]·Stride on.
type Pages struct {
	Layout
	Data   []byte
	Table  []int32 // the page of positions 0 to Tokens-1, of the next Tokens, …
	Stride int     // bytes from a page to the next
	Offset int
}

// keys returns the keys of a head in the page of a position, and that position's place there.
func (p *Pages) keys(pos, head int) (data []byte, place int) {
	at := p.Offset + int(p.Table[pos/p.Tokens])*p.Stride + 2*head*p.side()
	return p.Data[at : at+p.side() : at+p.side()], pos % p.Tokens
}

// values is keys for the values.
func (p *Pages) values(pos, head int) (data []byte, place int) {
	at := p.Offset + int(p.Table[pos/p.Tokens])*p.Stride + (2*head+1)*p.side()
	return p.Data[at : at+p.side() : at+p.side()], pos % p.Tokens
}

// Store writes the keys k and the values v of one position, both (KVHeads, Dim). It panics if their
// lengths are others, or if the table has no page for the position.
func Store(p Pages, pos int, k, v []float32, scratch *Scratch) {
	if n := p.KVHeads * p.Dim; len(k) != n || len(v) != n || pos < 0 || pos >= len(p.Table)*p.Tokens {
		panic(fmt.Sprintf("attn: Store: %d and %d elements at position %d, want (%d, %d) and %d pages",
			len(k), len(v), pos, p.KVHeads, p.Dim, len(p.Table)))
	}
	for h := range p.KVHeads {
		keys, place := p.keys(pos, h)
		values, _ := p.values(pos, h)
		if p.Type == quant.Q8_0 {
			p.storeQ8(keys, values, place, k[h*p.Dim:][:p.Dim], v[h*p.Dim:][:p.Dim], &scratch.blocks)
		} else {
			p.storeF16(keys, values, place, k[h*p.Dim:][:p.Dim], v[h*p.Dim:][:p.Dim], scratch)
		}
	}
}

func (l Layout) storeF16(keys, values []byte, place int, k, v []float32, scratch *Scratch) {
	scratch.halves = grow(scratch.halves, l.Dim)
	half.Encode(scratch.halves, k)
	for i, x := range scratch.halves {
		binary.LittleEndian.PutUint16(keys[2*(i*l.Tokens+place):], x)
	}
	half.Encode(scratch.halves, v)
	values = values[2*place*l.Dim:]
	for i, x := range scratch.halves {
		binary.LittleEndian.PutUint16(values[2*i:], x)
	}
}

func (l Layout) storeQ8(keys, values []byte, place int, k, v []float32, q *quant.Q8) {
	blocks, group := l.Dim/quant.Q8Block, l.Tokens*(2+quant.Q8Block)
	q.Quantize(k, 1, l.Dim)
	for b := range blocks {
		part := keys[b*group:][:group]
		binary.LittleEndian.PutUint16(part[2*place:], half.FromFloat32(q.Scale[b]))
		for i, x := range q.Data[b*quant.Q8Block:][:quant.Q8Block] {
			part[(2+i)*l.Tokens+place] = byte(x)
		}
	}
	q.Quantize(v, 1, l.Dim)
	for b := range blocks {
		binary.LittleEndian.PutUint16(values[2*(place*blocks+b):], half.FromFloat32(q.Scale[b]))
	}
	values = values[2*l.Tokens*blocks+place*l.Dim:]
	for i, x := range q.Data {
		values[i] = byte(x)
	}
}
