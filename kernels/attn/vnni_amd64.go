//go:build amd64 && !purego

package attn

import "github.com/qwen-agent/qwen-agent/kernels/quant"

// What is not of its own is AVX2's: it is little, or waits for memory.
var vnni = steps{quantizeAVX2, loadKeysVNNI, loadValuesVNNI, scoreVNNI, softenVNNI, mixVNNI, mergeAVX2}

func loadKeysVNNI(c *Scratch, kv *Pages, p, count, head int) {
	loadKeysBy(keysVNNIF16, keysVNNIQ8, c, kv, p, count, head)
}

func loadValuesVNNI(c *Scratch, kv *Pages, p, count, head int) {
	if kv.Type == quant.Q8_0 {
		loadValuesAVX2(c, kv, p, count, head)
		return
	}
	for i := 0; i < count; {
		data, place := kv.values(p+i, head)
		run := min(count-i, kv.Tokens-place) // as many as the page has
		valuesVNNIF16(&c.values[i*kv.Dim], &data[2*place*kv.Dim], run*kv.Dim)
		i += run
	}
}

func scoreVNNI(c *Scratch, first, m, count, dim int) {
	dst, q, step, keys, length := &c.scores[0], &c.q[first*dim], &c.step[first], &c.keys[0], &c.length[0]
	n := (count + columns - 1) / columns * columns
	switch m {
	case 1:
		scoreVNNI1(dst, q, step, keys, length, dim, n)
	case 2:
		scoreVNNI2(dst, q, step, keys, length, dim, n)
	case 3:
		scoreVNNI3(dst, q, step, keys, length, dim, n)
	case 4:
		scoreVNNI4(dst, q, step, keys, length, dim, n)
	case 5:
		scoreVNNI5(dst, q, step, keys, length, dim, n)
	case 6:
		scoreVNNI6(dst, q, step, keys, length, dim, n)
	}
}

func softenVNNI(scores *[Block]float32, seen int, st *state) (shrink float32) {
	switch {
	case seen <= 0:
		clear(scores[:])
		return 1
	case seen < Block:
		softenSomeVNNI(&scores[0], seen, &st.most, &shrink)
	default:
		softenAllVNNI(&scores[0], seen, &st.most, &shrink)
	}
	return shrink
}

func mixVNNI(c *Scratch, o []float32, m, count, dim int) {
	to, shrink, weights, values := &o[0], &c.shrink[0], &c.scores[0], &c.values[0]
	switch m {
	case 1:
		mixVNNI1(to, shrink, weights, values, count, dim)
	case 2:
		mixVNNI2(to, shrink, weights, values, count, dim)
	case 3:
		mixVNNI3(to, shrink, weights, values, count, dim)
	case 4:
		mixVNNI4(to, shrink, weights, values, count, dim)
	case 5:
		mixVNNI5(to, shrink, weights, values, count, dim)
	case 6:
		mixVNNI6(to, shrink, weights, values, count, dim)
	}
}
