package gemm

import (
	"fmt"
	"testing"

	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

// BenchmarkMul multiplies matrices of the sizes and types of Qwen2.5 0.5B and 1.5B: one token, which is
// bound by memory (GB/s of weights), and many (GMAC/s). Weights are spread over 256 MB, so that they come
// from memory as they do in a model.
func BenchmarkMul(b *testing.B) {
	for _, v := range variants {
		for _, c := range []struct {
			typ        quant.Type
			rows, cols int
		}{
			{quant.Q5_0, 4864, 896}, {quant.Q8_0, 4864, 896}, {quant.Q6_K, 896, 4864}, {quant.Q4_K, 896, 4864},
			{quant.Q4_K, 8960, 1536}, {quant.Q6_K, 1536, 8960},
			{quant.Q4_0, 4864, 896}, {quant.Q4_1, 4864, 896}, {quant.Q5_1, 4864, 896}, {quant.Q5_K, 896, 4864},
		} {
			for _, tokens := range []int{1, 2, 3, 4, 8, 16, 32, 512} {
				name := fmt.Sprintf("%s/%v/%dx%d/tokens=%d", v.name, c.typ, c.rows, c.cols, tokens)
				b.Run(name, func(b *testing.B) { benchmarkMul(b, v, c.typ, c.rows, c.cols, tokens, false) })
				b.Run(name+"/packed", func(b *testing.B) { benchmarkMul(b, v, c.typ, c.rows, c.cols, tokens, true) })
			}
		}
	}
}

func benchmarkMul(b *testing.B, v implementation, typ quant.Type, rows, cols, tokens int, packed bool) {
	size := typ.Bytes(rows * cols)
	var weights []*Matrix
	for n := 0; n < 256<<20/min(tokens, 64) || n == 0; n += size {
		weights = append(weights, random(typ, rows, cols, 0, uint64(n)))
	}
	mul := func(dst []float32, i int, x *quant.Q8) { v.mul(dst, rows, weights[i], 0, rows, x) }
	if packed {
		all := make([]*Packed, len(weights))
		for i, w := range weights {
			all[i] = &Packed{typ, rows, cols, make([]byte, PackedSize(typ, rows, cols))}
			v.pack(all[i], w, 0, rows)
		}
		mul = func(dst []float32, i int, x *quant.Q8) { v.mulPacked(dst, rows, all[i], 0, rows, x) }
	}
	x, dst := activations(tokens, cols, 1), make([]float32, tokens*rows)
	b.SetBytes(int64(size))
	i := 0
	for b.Loop() {
		mul(dst, i%len(weights), x)
		i++
	}
	b.ReportMetric(float64(rows)*float64(cols)*float64(tokens)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GMAC/s")
}

// BenchmarkPack packs 64 MB of weights (GB/s of weights).
func BenchmarkPack(b *testing.B) {
	for _, v := range variants {
		for _, typ := range blockTypes {
			b.Run(fmt.Sprintf("%s/%v", v.name, typ), func(b *testing.B) {
				rows := 64 << 20 / typ.Bytes(1024) / 8 * 8
				w := random(typ, rows, 1024, 0, 1)
				p := newPacked(w, 0)
				b.SetBytes(int64(len(w.Data)))
				for b.Loop() {
					v.pack(p, w, 0, rows)
				}
			})
		}
	}
}
