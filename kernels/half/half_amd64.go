//go:build amd64 && !purego

package half

import "github.com/qwen-agent/qwen-agent/kernels/variant"

func decode(dst []float32, src []uint16) {
	if variant.UseAVX2() {
		decodeF16C(dst, src)
	} else {
		decodeRef(dst, src)
	}
}

func encode(dst []uint16, src []float32) {
	if variant.UseAVX2() {
		encodeF16C(dst, src)
	} else {
		encodeRef(dst, src)
	}
}

func decodeF16C(dst []float32, src []uint16) {
	n := len(src) &^ 7
	if n > 0 {
		decode8(&dst[0], &src[0], n)
	}
	decodeRef(dst[n:], src[n:])
}

func encodeF16C(dst []uint16, src []float32) {
	n := len(src) &^ 7
	if n > 0 {
		encode8(&dst[0], &src[0], n)
	}
	encodeRef(dst[n:], src[n:])
}
