//go:build !amd64 || purego

package norm

func rms(dst, x, w []float32, eps float32) { rmsRef(dst, x, w, eps) }
