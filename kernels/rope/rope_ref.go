package rope

// rotateRef is the meaning of Apply for the heads of one token. Nothing is fused, so that every
// variant gives the same bits.
func rotateRef(x, cos, sin []float32) {
	h := len(cos)
	for ; len(x) > 0; x = x[2*h:] {
		for i := range h {
			a, b := x[i], x[i+h]
			x[i] = float32(a*cos[i]) - float32(b*sin[i])
			x[i+h] = float32(b*cos[i]) + float32(a*sin[i])
		}
	}
}
