package gemm

import (
	"fmt"

	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

// together is how many rows MulRows takes at a time: as many as the kernels do.
const together = 8

// Gather is the memory of MulRows, which its next call uses again. The zero value is ready.
type Gather struct {
	rows []byte
	sums [together]float32
}

// MulRows writes the products of row t of the activations with the rows ids of a quantised matrix, bit for
// bit as Mul computes them:
//
//	dst[i] = x[t] · w[ids[i]]
//
// It panics where Mul would, and if ids are not rows of w or dst is not as long as ids.
func (g *Gather) MulRows(dst []float32, w *Matrix, ids []int32, x *quant.Q8, t int) {
	if len(dst) != len(ids) {
		panic(fmt.Sprintf("gemm: MulRows: %d rows into %d elements", len(ids), len(dst)))
	}
	one := x.One(t)
	for len(ids) > 0 {
		n := min(together, len(ids))
		g.rows = g.rows[:0]
		for i := range together { // the last stands in for those that are missing
			g.rows = append(g.rows, w.Row(int(ids[min(i, n-1)]))...)
		}
		Mul(g.sums[:], together, &Matrix{w.Type, together, w.Cols, g.rows}, 0, together, &one)
		copy(dst, g.sums[:n])
		ids, dst = ids[n:], dst[n:]
	}
}
