package attn

import (
	"math"

	"github.com/qwen-agent/qwen-agent/kernels/half"
)

// attendRef is the meaning of Attend in float64: all scores, then their softmax, then the sum.
func attendRef(dst, q []float32, s Shape, k, v Pages, rows, n int) {
	group := s.Heads / s.KVHeads
	for i := range rows {
		for h := range s.Heads {
			at := (i*s.Heads + h) * s.Dim
			weights, most := make([]float64, n+i), math.Inf(-1)
			for p := range weights {
				for j, x := range k.row(p, h/group, s.Dim) {
					weights[p] += float64(q[at+j]) * float64(s.Scale) * float64(half.Float32(x))
				}
				most = max(most, weights[p])
			}
			sum, out := 0.0, make([]float64, s.Dim)
			for p := range weights {
				w := math.Exp(weights[p] - most)
				sum += w
				for j, x := range v.row(p, h/group, s.Dim) {
					out[j] += w * float64(half.Float32(x))
				}
			}
			for j := range out {
				dst[at+j] = float32(out[j] / sum)
			}
		}
	}
}

var reference = steps{productRef, softenRef, loadKeysRef, loadValuesRef}

func productRef(c, a, b []float32, m, k, n int) {
	for i := range m {
		row := c[i*n:][:n]
		for j, x := range a[i*k:][:k] {
			for l, y := range b[j*n:][:n] {
				row[l] += x * y
			}
		}
	}
}

func softenRef(scores *[Block]float32, seen int, st *state, o []float32) {
	if seen <= 0 {
		clear(scores[:])
		return
	}
	most := st.most
	for _, x := range scores[:seen] {
		most = max(most, x)
	}
	if shrink := float32(math.Exp(float64(st.most - most))); shrink != 1 {
		st.sum *= shrink
		for i := range o {
			o[i] *= shrink
		}
	}
	for i := range scores {
		if i >= seen {
			scores[i] = 0
			continue
		}
		scores[i] = float32(math.Exp(float64(scores[i] - most)))
		st.sum += scores[i]
	}
	st.most = most
}

func loadKeysRef(columns []float32, k *Pages, p, count, head, dim int) {
	for i := range count {
		for j, x := range k.row(p+i, head, dim) {
			columns[j*Block+i] = half.Float32(x)
		}
	}
}

func loadValuesRef(dst []float32, v *Pages, p, count, head, dim int) {
	for i := range count {
		half.Decode(dst[i*dim:][:dim], v.row(p+i, head, dim))
	}
}
