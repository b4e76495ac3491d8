//go:build !purego

package gemm

import "github.com/qwen-agent/qwen-agent/kernels/variant"

func init() {
	if variant.HasAVX2() {
		variants = append(variants, implementation{variant.AVX2, mulAVX2, mulF32AVX2, packAVX2, mulPackedAVX2})
	}
	if variant.HasVNNI() { // what is not of its own is AVX2's
		variants = append(variants, implementation{variant.VNNI, mulAVX2, mulF32AVX2, packAVX2, mulPackedVNNI})
	}
}
