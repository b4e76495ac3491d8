//go:build !purego

package quant

import "github.com/qwen-agent/qwen-agent/kernels/variant"

func init() {
	if variant.HasAVX2() {
		variants = append(variants, implementation{variant.AVX2, quantizeQ8AVX2, quantizeQ4_0AVX2})
	}
}
