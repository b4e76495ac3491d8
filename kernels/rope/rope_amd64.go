//go:build amd64 && !purego

package rope

import "github.com/qwen-agent/qwen-agent/kernels/variant"

func rotate(x, cos, sin []float32) {
	if variant.UseAVX2() {
		rotateAVX2(x, cos, sin)
	} else {
		rotateRef(x, cos, sin)
	}
}

func rotateAVX2(x, cos, sin []float32) {
	if h := len(cos); h == 0 || h%8 != 0 || len(x) == 0 {
		rotateRef(x, cos, sin)
	} else {
		rotate8(&x[0], len(x)/(2*h), &cos[0], &sin[0], h)
	}
}
