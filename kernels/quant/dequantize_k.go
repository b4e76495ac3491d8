package quant

// ScaleMin returns the eight 6-bit scales and the eight 6-bit minimums of a Q4_K or Q5_K block, which
// are packed in 12 bytes:
//
//	bytes 0–3   s0 … s3 in the low six bits; the top two bits are the top of s4 … s7
//	bytes 4–7   m0 … m3 likewise; the top two bits are the top of m4 … m7
//	bytes 8–11  the low four bits of s4 … s7 (low half) and of m4 … m7 (high half)
func ScaleMin(packed []byte) (s, m [8]uint8) {
	lo, hi, rest := packed[0:4], packed[4:8], packed[8:12]
	for i := range 4 {
		s[i], m[i] = lo[i]&63, hi[i]&63
		s[i+4] = rest[i]&15 | lo[i]>>6<<4
		m[i+4] = rest[i]>>4 | hi[i]>>6<<4
	}
	return s, m
}

// Q4_K: elements 64c…64c+31 are the low halves of bytes 32c…32c+31, the next 32 their high halves.
func dequantizeQ4_K(dst []float32, b []byte) {
	s, m := ScaleMin(b[4:16])
	for j := range 8 {
		shift := 4 * (j & 1)
		var q [32]int8
		for i, v := range b[16+j/2*32:][:32] {
			q[i] = int8(v >> shift & 15)
		}
		affine(dst[32*j:], f16(b)*float32(s[j]), -(f16(b[2:]) * float32(m[j])), q)
	}
}

// Q5_K: as Q4_K, with bit j of high byte i as the fifth bit of element 32j+i.
func dequantizeQ5_K(dst []float32, b []byte) {
	s, m := ScaleMin(b[4:16])
	high, low := b[16:48], b[48:]
	for j := range 8 {
		shift := 4 * (j & 1)
		var q [32]int8
		for i, v := range low[j/2*32:][:32] {
			q[i] = int8(v>>shift&15 | high[i]>>j&1<<4)
		}
		affine(dst[32*j:], f16(b)*float32(s[j]), -(f16(b[2:]) * float32(m[j])), q)
	}
}

// Q6_K: two halves of 128 elements, each with 64 bytes of low nibbles and 32 bytes of high bit pairs.
// Within a half, 32 elements each come from: low halves of bytes 0–31, of bytes 32–63, high halves of
// bytes 0–31, of bytes 32–63; their upper bits are bits 0–1, 2–3, 4–5, 6–7 of the high bytes.
func dequantizeQ6_K(dst []float32, b []byte) {
	low, high, scales := b[:128], b[128:192], b[192:208]
	d := f16(b[208:])
	for j := range 8 {
		h, k := j/4, j%4
		for i := range 32 {
			q := int8(low[64*h+k%2*32+i]>>(k/2*4)&15|high[32*h+i]>>(2*k)&3<<4) - 32
			s := float32(d * float32(int8(scales[2*j+i/16])))
			dst[32*j+i] = s * float32(q)
		}
	}
}
