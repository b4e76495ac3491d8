//go:build amd64 && !purego

package quant

import "github.com/qwen-agent/qwen-agent/kernels/variant"

func quantizeQ8(data []int8, scale, sum []float32, halves []int16, x []float32) {
	if variant.UseAVX2() {
		quantizeQ8AVX2(data, scale, sum, halves, x)
	} else {
		quantizeQ8Ref(data, scale, sum, halves, x)
	}
}

func quantizeQ8AVX2(data []int8, scale, sum []float32, halves []int16, x []float32) {
	if n := len(scale); n > 0 {
		quantizeBlocks(&data[0], &scale[0], &sum[0], &halves[0], &x[0], n)
	}
}

func quantizeQ4_0(dst []byte, x []float32, whole, lost *[8]float32) {
	if variant.UseAVX2() {
		quantizeQ4_0AVX2(dst, x, whole, lost)
	} else {
		quantizeQ4_0Ref(dst, x, whole, lost)
	}
}

func quantizeQ4_0AVX2(dst []byte, x []float32, whole, lost *[8]float32) {
	if len(x) > 0 {
		quantizeBlocks4(&dst[0], &x[0], &whole[0], &lost[0], len(x)/32)
	}
}
