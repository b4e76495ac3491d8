package attn

import "github.com/qwen-agent/qwen-agent/kernels/half"

func product(c, a, b []float32, m, k, n int) { productRef(c, a, b, m, k, n) }

func soften(scores *[Block]float32, seen int, st *state, o []float32) {
	softenRef(scores, seen, st, o)
}

func key(column []float32, src []uint16) { keyRef(column, src) }

func value(dst []float32, src []uint16) { half.Decode(dst, src) }
