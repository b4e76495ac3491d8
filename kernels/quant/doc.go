// Package quant describes the block formats in which GGUF files store weights, and the int8 format in
// which activations meet them.
//
// A format stores a row of weights as blocks of 32 or 256 elements. A block holds small integers q and
// the numbers that turn them back into weights:
//
//	Q8_0        w = d·q                      q in [-128, 127], d a float16
//	Q4_0 Q5_0   w = d·(q - 8), d·(q - 16)    q of 4 or 5 bits
//	Q4_1 Q5_1   w = d·q + m                  m a float16
//	Q4_K Q5_K   w = d·s·q - e·m              blocks of 256: a 6-bit s and m for every 32 elements,
//	                                         float16 d and e for all of them
//	Q6_K        w = d·s·(q - 32)             blocks of 256: an 8-bit s for every 16 elements
//
// F32, F16 and BF16 store the weights themselves, in blocks of one.
//
// Source: the GGUF specification and the gguf package of PyPI, with which testdata is compared.
package quant
