package norm

import "math"

// rmsRef is the meaning of RMS for one row. The sum is in float64, so that its own error is far below
// what a float32 variant is allowed.
func rmsRef(dst, x, w []float32, eps float32) {
	var sum float64
	for _, v := range x {
		sum += float64(v) * float64(v)
	}
	scale := float32(1 / math.Sqrt(sum/float64(len(x))+float64(eps)))
	for i, v := range x {
		dst[i] = v * scale * w[i]
	}
}
