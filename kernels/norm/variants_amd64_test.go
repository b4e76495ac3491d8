//go:build !purego

package norm

import "github.com/qwen-agent/qwen-agent/kernels/variant"

func init() {
	if variant.HasAVX2() {
		variants = append(variants, implementation{variant.AVX2, rmsAVX2})
	}
}
