//go:build !amd64 || purego

package quant

func quantizeQ8(data []int8, scale, sum []float32, halves []int16, x []float32) {
	quantizeQ8Ref(data, scale, sum, halves, x)
}

func quantizeQ4_0(dst []byte, x []float32, whole, lost *[8]float32) {
	quantizeQ4_0Ref(dst, x, whole, lost)
}
