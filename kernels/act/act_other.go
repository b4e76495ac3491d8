//go:build !amd64 || purego

package act

func swiGLU(dst, gate, up []float32) { swiGLURef(dst, gate, up) }
