//go:build !amd64 || purego

package half

func decode(dst []float32, src []uint16) { decodeRef(dst, src) }
func encode(dst []uint16, src []float32) { encodeRef(dst, src) }
