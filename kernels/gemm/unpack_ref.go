package gemm

import (
	"fmt"

	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

// block is 32 weights in the form that all formats share:
//
//	weight i = d·s[i/16]·q[i] + m
//
// The integer scales s are 1 except in Q6_K, which has one for every 16 elements. For Q4_K and Q5_K d
// is the super-block's scale times the block's, rounded to float32.
type block struct {
	q      [32]int8
	s      [2]int32
	d, m   float32
	hasMin bool
}

// unpack expands the blocks of one row.
func unpack(row []block, t quant.Type, src []byte) {
	_, n := t.Block()
	for b := range row {
		row[b] = block{s: [2]int32{1, 1}}
		switch t {
		case quant.Q4_0:
			unpack4(&row[b], src[b*n:], src[b*n+2:], 8)
		case quant.Q4_1:
			unpack4(&row[b], src[b*n:], src[b*n+4:], 0)
			row[b].m, row[b].hasMin = halfBits(src[b*n+2:]), true
		case quant.Q5_0:
			unpack4(&row[b], src[b*n:], src[b*n+6:], 16)
			fifth(&row[b], src[b*n+2:])
		case quant.Q5_1:
			unpack4(&row[b], src[b*n:], src[b*n+8:], 0)
			fifth(&row[b], src[b*n+4:])
			row[b].m, row[b].hasMin = halfBits(src[b*n+2:]), true
		case quant.Q8_0:
			row[b].d = halfBits(src[b*n:])
			for i, v := range src[b*n+2:][:32] {
				row[b].q[i] = int8(v)
			}
		case quant.Q4_K:
			unpackK(&row[b], src[b/8*n:][:n], b%8, nil, 16)
		case quant.Q5_K:
			unpackK(&row[b], src[b/8*n:][:n], b%8, src[b/8*n+16:][:32], 48)
		case quant.Q6_K:
			unpack6K(&row[b], src[b/8*n:][:n], b%8)
		default:
			panic(fmt.Sprintf("gemm: unpack: type %v", t))
		}
	}
}

// unpack4 reads a scale at d and 32 nibbles at q, less an offset.
func unpack4(w *block, d, q []byte, offset int8) {
	w.d = halfBits(d)
	for i, v := range q[:16] {
		w.q[i], w.q[i+16] = int8(v&15)-offset, int8(v>>4)-offset
	}
}

// fifth adds the fifth bits of elements 0 to 31, bits 0 to 31 of four bytes.
func fifth(w *block, high []byte) {
	for i := range w.q {
		w.q[i] += int8(high[i/8]>>(i%8)&1) << 4
	}
}

// unpackK reads block j of a Q4_K or Q5_K super-block, whose nibbles start at low.
func unpackK(w *block, src []byte, j int, high []byte, low int) {
	s, m := quant.ScaleMin(src[4:16])
	w.d = halfBits(src) * float32(s[j])
	w.m, w.hasMin = -(halfBits(src[2:]) * float32(m[j])), true
	for i, v := range src[low+j/2*32:][:32] {
		w.q[i] = int8(v >> (4 * (j & 1)) & 15)
		if high != nil {
			w.q[i] |= int8(high[i]>>j&1) << 4
		}
	}
}

// unpack6K reads block j of a Q6_K super-block.
func unpack6K(w *block, src []byte, j int) {
	h, k := j/4, j%4
	for i := range w.q {
		low := src[64*h+k%2*32+i] >> (k / 2 * 4) & 15
		high := src[128+32*h+i] >> (2 * k) & 3
		w.q[i] = int8(low|high<<4) - 32
	}
	w.s = [2]int32{int32(int8(src[192+2*j])), int32(int8(src[192+2*j+1]))}
	w.d = halfBits(src[208:])
}
