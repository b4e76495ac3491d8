// Package kernels is the house of the numeric kernels: what a model computes, a folder a family.
//
//	half     float16 and bfloat16 to float32 and back
//	quant    GGUF's block formats, dequantisation, and int8 activations
//	gemm     matrix products with quantised or float weights
//	norm     root-mean-square normalisation
//	rope     rotary position embedding
//	act      activation functions
//	prefetch memory that is asked for before it is read
//	attn     attention over a paged cache of float16 or 8-bit blocks
//	peak     what the processor can do at most, for profiles
//	variant  which implementation runs: plain Go or AVX2
//	cpu      the device that carries them out with workers
//	kerneltest, devicetest   what their tests share
//
// Each kernel is written twice. The meaning is plain Go, short enough to be checked against a paper's
// formula or a format's description, and runs on every platform. The AVX2 variant is Go assembly made
// by the generators in _asm; it is chosen when the program starts (see package variant) and every test
// compares it with the meaning. Build tag purego leaves the assembly out.
//
// A kernel starts no goroutine, and no call depends on an earlier one: callers split the work and own
// the buffers.
//
// Results do not depend on how the work is split. In gemm an output element is one chain of
// float32 operations in a fixed order, so that the same bits come out of every variant, for every
// division of the rows and for every number of token rows in a call. In attn and norm the order is
// fixed for each variant, and differs between variants within the tolerance that the tests state.
package kernels
