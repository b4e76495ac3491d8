//go:build !amd64 || purego

package quant

func quantizeQ8(data []int8, scale, sum []float32, halves []int16, x []float32) {
	quantizeQ8Ref(data, scale, sum, halves, x)
}
