//go:build !purego

package attn

import "github.com/qwen-agent/qwen-agent/kernels/variant"

func init() {
	if variant.HasAVX2() {
		variants = append(variants, implementation{variant.AVX2, avx2})
	}
	if variant.HasVNNI() {
		variants = append(variants, implementation{variant.VNNI, vnni})
	}
}
