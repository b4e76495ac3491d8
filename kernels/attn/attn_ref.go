package attn

import (
	"encoding/binary"
	"math"

	"github.com/qwen-agent/qwen-agent/kernels/half"
	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

// key writes the elements of a head at a position.
func (p *Pages) key(dst []float32, pos, head int) {
	data, place := p.keys(pos, head)
	if p.Type == quant.F16 {
		for i := range dst {
			dst[i] = half.Float32(binary.LittleEndian.Uint16(data[2*(i*p.Tokens+place):]))
		}
		return
	}
	group := p.Tokens * (2 + quant.Q8Block)
	for i := range dst {
		part := data[i/quant.Q8Block*group:][:group]
		scale := half.Float32(binary.LittleEndian.Uint16(part[2*place:]))
		dst[i] = scale * float32(int8(part[(2+i%quant.Q8Block)*p.Tokens+place]))
	}
}

// value writes the elements of a head at a position.
func (p *Pages) value(dst []float32, pos, head int) {
	data, place := p.values(pos, head)
	if p.Type == quant.F16 {
		for i := range dst {
			dst[i] = half.Float32(binary.LittleEndian.Uint16(data[2*(place*p.Dim+i):]))
		}
		return
	}
	blocks := p.Dim / quant.Q8Block
	for i := range dst {
		scale := half.Float32(binary.LittleEndian.Uint16(data[2*(place*blocks+i/quant.Q8Block):]))
		dst[i] = scale * float32(int8(data[2*p.Tokens*blocks+place*p.Dim+i]))
	}
}

// attendRef is the meaning of Attend in float64: all scores, then their softmax, then the sum.
func attendRef(dst, q []float32, s Shape, kv Pages, rows, n int) {
	group, row := s.Heads/s.KVHeads, make([]float32, s.Dim)
	for i := range rows {
		for h := range s.Heads {
			at := (i*s.Heads + h) * s.Dim
			weights, most := make([]float64, n+i), math.Inf(-1)
			for p := range weights {
				kv.key(row, p, h/group)
				for j, x := range row {
					weights[p] += float64(q[at+j]) * float64(s.Scale) * float64(x)
				}
				most = max(most, weights[p])
			}
			sum, out := 0.0, make([]float64, s.Dim)
			for p := range weights {
				w := math.Exp(weights[p] - most)
				sum += w
				kv.value(row, p, h/group)
				for j, x := range row {
					out[j] += w * float64(x)
				}
			}
			for j := range out {
				dst[at+j] = float32(out[j] / sum)
			}
		}
	}
}

var reference = steps{quantizeRef, loadKeysRef, loadValuesRef, scoreRef, softenRef, mixRef, mergeRef}

// quantizeRef adds the squares in eight sums, of every eighth element, which are then folded, because
// vectors do so and the step must have the same bits.
func quantizeRef(dst []int16, q []float32, factor float32) float32 {
	var sums [8]float32
	for i, x := range q {
		sums[i%8] += float32(x * x)
	}
	for half := 4; half > 0; half /= 2 {
		for i := range half {
			sums[i] += sums[i+half]
		}
	}
	inverse, step := stepOf(sums[0])
	for i, x := range q {
		dst[i] = integer(x * inverse)
	}
	return step * (factor * math.Log2E)
}

// stepOf returns the reciprocal of the step of a vector with a square, and the step.
func stepOf(square float32) (inverse, step float32) {
	length := float32(math.Sqrt(float64(square)))
	if length < tiny {
		return 0, 0
	}
	return unit / length, length * (1.0 / unit)
}

// tiny is a length that counts as zero: the reciprocal of a shorter one might not be a float32.
const tiny = 1e-30

func integer(x float32) int16 {
	return int16(math.RoundToEven(float64(x)))
}

func loadKeysRef(c *Scratch, kv *Pages, p, count, head int) {
	row := c.floats[:kv.Dim]
	for i := range count {
		kv.key(row, p+i, head)
		var square float32
		for _, x := range row {
			square += float32(x * x)
		}
		inverse, step := stepOf(square)
		c.length[i] = step
		for j, x := range row {
			c.keys[(j/2*Block+i)*2+j%2] = integer(x * inverse)
		}
	}
}

func loadValuesRef(c *Scratch, kv *Pages, p, count, head int) {
	for i := range count {
		kv.value(c.values[i*kv.Dim:][:kv.Dim], p+i, head)
	}
}

func scoreRef(c *Scratch, first, m, count, dim int) {
	for i := range m {
		q := c.q[(first+i)*dim:][:dim]
		for j := range count {
			var sum int32
			for k, x := range q {
				sum += int32(x) * int32(c.keys[(k/2*Block+j)*2+k%2])
			}
			c.scores[i*Block+j] = float32(float32(sum)*c.length[j]) * c.step[first+i]
		}
	}
}

func softenRef(scores *[Block]float32, seen int, st *state) float32 {
	if seen <= 0 {
		clear(scores[:])
		return 1
	}
	most := st.most
	for _, x := range scores[:seen] {
		most = max(most, x)
	}
	shrink := exp2(st.most - most)
	st.sum *= shrink
	for i := range scores {
		if i >= seen {
			scores[i] = 0
			continue
		}
		scores[i] = exp2(scores[i] - most)
		st.sum += scores[i]
	}
	st.most = most
	return shrink
}

// exp2 returns 2^x for x ≤ 0. Below the smallest normal number it stays there.
func exp2(x float32) float32 { return float32(math.Exp2(float64(max(x, -126)))) }

func mixRef(c *Scratch, o []float32, m, count, dim int) {
	for i := range m {
		row := o[i*dim:][:dim]
		for j := range row {
			row[j] *= c.shrink[i]
		}
		for p, w := range c.scores[i*Block:][:count] {
			for j, x := range c.values[p*dim:][:dim] {
				row[j] += w * x
			}
		}
	}
}

func mergeRef(st *state, o []float32, later state, add []float32) {
	most := max(st.most, later.most)
	a, b := exp2(st.most-most), exp2(later.most-most)
	*st = state{most, st.sum*a + later.sum*b}
	for i, x := range add {
		o[i] = o[i]*a + x*b
	}
}
