//go:build !amd64 || purego

package rope

func rotate(x, cos, sin []float32) { rotateRef(x, cos, sin) }
