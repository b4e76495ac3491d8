// Package norm normalises rows of activations.
package norm

import "fmt"

// RMS writes the root-mean-square normalisation of every row of x into dst:
//
//	dst[r,i] = x[r,i] * w[i] / sqrt(mean(x[r]²) + eps)
//
// x and dst are (rows, n) row-major and w is (n). dst may be x itself; it must not overlap x in any
// other way. RMS panics if the lengths do not agree.
//
// Source: Zhang and Sennrich, Root Mean Square Layer Normalization (2019), eq. 4.
func RMS(dst, x, w []float32, eps float32) {
	n := len(w)
	if n == 0 || len(x)%n != 0 || len(dst) != len(x) {
		panic(fmt.Sprintf("norm: RMS: dst has %d elements, x %d, w %d", len(dst), len(x), n))
	}
	for r := 0; r < len(x); r += n {
		rms(dst[r:r+n], x[r:r+n], w, eps)
	}
}
