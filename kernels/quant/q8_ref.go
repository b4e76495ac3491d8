package quant

import "math"

// tiny is the largest block maximum that counts as zero: its reciprocal, times 127, would come near
// the largest float32.
const tiny = 1e-30

// quantizeQ8Ref is the meaning of Q8. Slices are as long as the blocks of x.
func quantizeQ8Ref(data []int8, scale, sum []float32, halves []int16, x []float32) {
	for b := range scale {
		xs, qs := x[b*Q8Block:][:Q8Block], data[b*Q8Block:][:Q8Block]
		var most float32
		for _, v := range xs {
			most = max(most, float32(math.Abs(float64(v))))
		}
		var d, inverse float32
		if most > tiny {
			d, inverse = most/127, 127/most
		}
		var s [2]int16
		for i, v := range xs {
			q := int8(math.RoundToEven(float64(float32(v * inverse))))
			qs[i] = q
			s[i/16] += int16(q)
		}
		scale[b] = d
		sum[b] = d * float32(s[0]+s[1])
		halves[2*b], halves[2*b+1] = s[0], s[1]
	}
}
