//go:build amd64 && !purego

package norm

import (
	"math"

	"github.com/qwen-agent/qwen-agent/kernels/variant"
)

func rms(dst, x, w []float32, eps float32) {
	if variant.UseAVX2() {
		rmsAVX2(dst, x, w, eps)
	} else {
		rmsRef(dst, x, w, eps)
	}
}

func rmsAVX2(dst, x, w []float32, eps float32) {
	var sum float64
	n := len(x) &^ 31
	if n > 0 {
		sum = float64(squares32(&x[0], n))
	}
	for _, v := range x[n:] {
		sum += float64(v) * float64(v)
	}
	scale := float32(1 / math.Sqrt(sum/float64(len(x))+float64(eps)))
	n = len(x) &^ 7
	if n > 0 {
		scale8(&dst[0], &x[0], &w[0], scale, n)
	}
	for i := n; i < len(x); i++ {
		dst[i] = x[i] * scale * w[i]
	}
}
