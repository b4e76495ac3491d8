package rope

func rotate(x, cos, sin []float32) { rotateRef(x, cos, sin) }
