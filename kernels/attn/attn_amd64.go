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

var avx2 = steps{
	quantizeAVX2,
	loadKeysBy(keysF16, keysQ8),
	loadValuesBy(valuesF16),
	scoreBy{score1, score2, score3, score4, score5, score6}.score,
	softenAVX2,
	mixBy{mix1, mix2, mix3, mix4, mix5, mix6}.mix,
	mergeAVX2,
}

// columns is how many keys the kernels take at a time.
const columns = 16

func quantizeAVX2(dst []int16, q []float32, factor float32) (step float32) {
	quantize16(&dst[0], &q[0], len(q), &step)
	return step * (factor * math.Log2E)
}

// loadKeysBy takes sixteen keys at a time, up to fifteen of which were not asked for: their scores are not
// looked at.
func loadKeysBy(f16 func(columns *int16, step, floats *float32, src *byte, tokens, dim int),
	q8 func(columns *int16, step, floats *float32, src *byte, tokens, place, dim int)) func(c *Scratch, kv *Pages, p, count, head int) {
	return func(c *Scratch, kv *Pages, p, count, head int) {
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
}

// loadValuesBy has all variants read Q8_0 in the same way.
func loadValuesBy(f16 func(dst *float32, src *byte, n int)) func(c *Scratch, kv *Pages, p, count, head int) {
	return func(c *Scratch, kv *Pages, p, count, head int) {
		for i := 0; i < count; {
			data, place := kv.values(p+i, head)
			run := min(count-i, kv.Tokens-place) // as many as the page has
			to := &c.values[i*kv.Dim]
			if kv.Type == quant.Q8_0 {
				blocks := kv.Dim / quant.Q8Block
				valuesQ8(to, &data[2*kv.Tokens*blocks+place*kv.Dim], &data[2*place*blocks], run*kv.Dim)
			} else {
				f16(to, &data[2*place*kv.Dim], run*kv.Dim)
			}
			i += run
		}
	}
}

// scoreBy has the kernels that multiply one query, two, … with n keys, a multiple of columns.
type scoreBy [group]func(dst *float32, q *int16, qStep *float32, keys *int16, kStep *float32, dim, n int)

func (by scoreBy) score(c *Scratch, first, m, count, dim int) {
	n := (count + columns - 1) / columns * columns
	by[m-1](&c.scores[0], &c.q[first*dim], &c.step[first], &c.keys[0], &c.length[0], dim, n)
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

// mixBy has the kernels that add n weighted values to the sums of one query, two, ….
type mixBy [group]func(o, shrink, weights, values *float32, n, dim int)

func (by mixBy) mix(c *Scratch, o []float32, m, count, dim int) {
	by[m-1](&o[0], &c.shrink[0], &c.scores[0], &c.values[0], count, dim)
}

func mergeAVX2(st *state, o []float32, later state, add []float32) {
	merge2(&st.most, &o[0], &later.most, &add[0], len(o))
}
