//go:build amd64 && !purego

package attn

import (
	"math"

	"github.com/qwen-agent/qwen-agent/kernels/quant"
	"github.com/qwen-agent/qwen-agent/kernels/variant"
)

var active = choose()

func choose() steps {
	switch {
	case variant.UseVNNI():
		return vnni
	case variant.UseAVX2():
		return avx2
	}
	return reference
}

var avx2 = steps{quantizeAVX2, loadKeysAVX2, loadValuesAVX2, scoreAVX2, softenAVX2, mixAVX2, mergeAVX2}

// columns is how many keys the kernels take at a time.
const columns = 16

func quantizeAVX2(dst []int16, q []float32, factor float32) (step float32) {
	quantize16(&dst[0], &q[0], len(q), &step)
	return step * (factor * math.Log2E)
}

func loadKeysAVX2(c *Scratch, kv *Pages, p, count, head int) {
	loadKeysBy(keysF16, keysQ8, c, kv, p, count, head)
}

// loadKeysBy takes sixteen keys at a time, up to fifteen of which were not asked for: their scores are not
// looked at.
func loadKeysBy(f16 func(columns *int16, step, floats *float32, src *byte, tokens, dim int),
	q8 func(columns *int16, step, floats *float32, src *byte, tokens, place, dim int), c *Scratch, kv *Pages, p, count, head int) {
	if kv.Tokens%columns != 0 {
		loadKeysRef(c, kv, p, count, head)
		return
	}
	for i := 0; i < count; i += columns {
		data, place := kv.keys(p+i, head)
		to, step := &c.keys[2*i], &c.length[i]
		if kv.Type == quant.Q8_0 {
			q8(to, step, &c.floats[0], &data[place], kv.Tokens, place, kv.Dim)
		} else {
			f16(to, step, &c.floats[0], &data[2*place], kv.Tokens, kv.Dim)
		}
	}
}

func loadValuesAVX2(c *Scratch, kv *Pages, p, count, head int) {
	for i := 0; i < count; {
		data, place := kv.values(p+i, head)
		run := min(count-i, kv.Tokens-place) // as many as the page has
		to := &c.values[i*kv.Dim]
		if kv.Type == quant.Q8_0 {
			blocks := kv.Dim / quant.Q8Block
			valuesQ8(to, &data[2*kv.Tokens*blocks+place*kv.Dim], &data[2*place*blocks], run*kv.Dim)
		} else {
			valuesF16(to, &data[2*place*kv.Dim], run*kv.Dim)
		}
		i += run
	}
}

func scoreAVX2(c *Scratch, first, m, count, dim int) {
	dst, q, step, keys, length := &c.scores[0], &c.q[first*dim], &c.step[first], &c.keys[0], &c.length[0]
	n := (count + columns - 1) / columns * columns
	switch m {
	case 1:
		score1(dst, q, step, keys, length, dim, n)
	case 2:
		score2(dst, q, step, keys, length, dim, n)
	case 3:
		score3(dst, q, step, keys, length, dim, n)
	case 4:
		score4(dst, q, step, keys, length, dim, n)
	case 5:
		score5(dst, q, step, keys, length, dim, n)
	case 6:
		score6(dst, q, step, keys, length, dim, n)
	}
}

func softenAVX2(scores *[Block]float32, seen int, st *state) (shrink float32) {
	switch {
	case seen <= 0:
		clear(scores[:])
		return 1
	case seen < Block:
		softenSome(&scores[0], seen, &st.most, &shrink)
	default:
		softenAll(&scores[0], seen, &st.most, &shrink)
	}
	return shrink
}

func mixAVX2(c *Scratch, o []float32, m, count, dim int) {
	to, shrink, weights, values := &o[0], &c.shrink[0], &c.scores[0], &c.values[0]
	switch m {
	case 1:
		mix1(to, shrink, weights, values, count, dim)
	case 2:
		mix2(to, shrink, weights, values, count, dim)
	case 3:
		mix3(to, shrink, weights, values, count, dim)
	case 4:
		mix4(to, shrink, weights, values, count, dim)
	case 5:
		mix5(to, shrink, weights, values, count, dim)
	case 6:
		mix6(to, shrink, weights, values, count, dim)
	}
}

func mergeAVX2(st *state, o []float32, later state, add []float32) {
	merge2(&st.most, &o[0], &later.most, &add[0], len(o))
}
