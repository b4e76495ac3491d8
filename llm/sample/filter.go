package sample

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// argmax returns the token with the highest logit, of equal ones the first; -1 if all are
// -Inf. One pass, one comparison a logit: a NaN is not at most anything.
func argmax(logits []float32) (int32, error) {
	best, id := float32(math.Inf(-1)), -1
	for i := 0; i < len(logits); i++ {
		for ; i+8 <= len(logits); i += 8 { // eight at a time as long as none is better
			x := (*[8]float32)(logits[i:])
			if !(x[0] <= best) || !(x[1] <= best) || !(x[2] <= best) || !(x[3] <= best) ||
				!(x[4] <= best) || !(x[5] <= best) || !(x[6] <= best) || !(x[7] <= best) {
				break
			}
		}
		for j, x := range logits[i:min(i+8, len(logits))] {
			if !(x <= best) {
				if x != x || x > math.MaxFloat32 {
					return 0, fmt.Errorf("sampling: logit %d of %d is %v, want a number", i+j, len(logits), x)
				}
				best, id = x, i+j
			}
		}
		i += 7
	}
	return int32(id), nil
}

// before orders candidates: the likeliest first, of equally likely ones the lowest id.
func before(a, b candidate) int {
	if c := cmp.Compare(b.logit, a.logit); c != 0 {
		return c
	}
	return cmp.Compare(a.id, b.id)
}

// likeliest appends to dst the n likeliest tokens, the likeliest first; of equal ones the
// lowest ids. tied reports whether another one is as likely as the last. A heap of n with
// the least likely on top turns nearly every logit away at one comparison.
func likeliest(dst []candidate, logits []float32, n int) (top []candidate, tied bool) {
	i := 0
	for ; i < len(logits) && len(dst) < n; i++ {
		if logits[i] > none {
			dst = append(dst, candidate{id: int32(i), logit: logits[i]})
		}
	}
	for j := len(dst)/2 - 1; j >= 0; j-- {
		sink(dst, j)
	}
	if len(dst) == n && n > 0 {
		least := dst[0].logit
		for ; i < len(logits); i++ {
			x := logits[i]
			if x < least {
				continue
			}
			if x == least {
				tied = true
				continue
			}
			dst[0] = candidate{id: int32(i), logit: x}
			sink(dst, 0)
			tied = dst[0].logit == least // the one that had to go was as likely as the last now
			least = dst[0].logit
		}
	}
	slices.SortFunc(dst, before)
	return dst, tied
}

// sink restores the heap below i, in which the last by before is on top.
func sink(heap []candidate, i int) {
	for {
		least := i
		for k := 2*i + 1; k <= 2*i+2 && k < len(heap); k++ {
			if before(heap[k], heap[least]) > 0 {
				least = k
			}
		}
		if least == i {
			return
		}
		heap[i], heap[least] = heap[least], heap[i]
		i = least
	}
}

// filter sets kept to the tokens that pass the filters, with their weights. If allows is
// not nil, refused tokens count for nothing, but some may be kept: the caller asks again
// about the one that it draws. It reports false if it takes the mask to know what is kept.
func (s *Sampler) filter(logits []float32, allows func(int32) bool) bool {
	s.short = s.floor > none
	switch {
	case s.o.TopK > 0:
		if !s.topK(logits, allows) {
			return false
		}
		if n := len(s.kept); n >= s.o.TopK && s.kept[n-1].logit >= s.floor {
			s.short = false
		}
		s.weigh()
		if s.o.TopP < 1 {
			total := 0.0
			for _, c := range s.kept {
				total += c.weight
			}
			slices.SortFunc(s.kept, before)
			s.kept = s.kept[:share(s.kept, s.o.TopP*total)]
		}
	case s.o.TopP < 1:
		s.topP(logits)
		s.weigh()
	case s.o.MinP > 0:
		s.kept, _ = likeliest(s.kept[:0], logits, tries)
		i := slices.IndexFunc(s.kept, func(c candidate) bool { return allows == nil || allows(c.id) })
		if i < 0 {
			return len(s.kept) < tries // there are no others
		}
		top := s.kept[i].logit // all above are refused; minP draws the exact line below
		s.collect(logits, float64(top)+s.o.Temperature*(math.Log(s.o.MinP)-1e-3), top)
		s.weigh()
	default:
		s.collect(logits, math.Inf(-1), math.MaxFloat32)
		s.weigh()
	}
	if s.o.MinP > 0 {
		s.kept = slices.DeleteFunc(s.kept, func(c candidate) bool { return c.weight < s.o.MinP })
	}
	return true
}

// collect keeps the tokens whose logit is above low and at most high.
func (s *Sampler) collect(logits []float32, low float64, high float32) {
	s.kept = s.kept[:0]
	for id, x := range logits {
		if float64(x) > low && x <= high {
			s.kept = append(s.kept, candidate{id: int32(id), logit: x})
		}
	}
}

// weigh sets the weights: 1 for the likeliest, and how likely the others are beside it.
func (s *Sampler) weigh() {
	top := float32(math.Inf(-1))
	for _, c := range s.kept {
		top = max(top, c.logit)
	}
	for i, c := range s.kept {
		s.kept[i].weight = exp(float64(c.logit-top) / s.o.Temperature)
	}
}

// topK keeps the TopK likeliest that are allowed, and those as likely as the last.
func (s *Sampler) topK(logits []float32, allows func(int32) bool) bool {
	k, n := s.o.TopK, s.o.TopK
	if allows != nil {
		n = min(2*k, len(logits)) + tries
	}
	var tied bool
	s.kept, tied = likeliest(s.kept[:0], logits, n)
	all := len(s.kept) < n // there are no others
	if allows == nil {
		if tied {
			last := s.kept[len(s.kept)-1].logit
			s.kept = slices.DeleteFunc(s.kept, func(c candidate) bool { return c.logit == last })
			for id, x := range logits {
				if x == last {
					s.kept = append(s.kept, candidate{id: int32(id), logit: x})
				}
			}
		}
		return true
	}
	m := 0
	for _, c := range s.kept {
		if m >= k && c.logit < s.kept[m-1].logit {
			all = true // what follows is less likely than the last that is kept
			break
		}
		if allows(c.id) {
			s.kept[m] = c
			m++
		}
	}
	s.kept = s.kept[:m]
	return all
}

// share returns how many of the candidates, which are in order, it takes to have a weight.
func share(kept []candidate, weight float64) int {
	sum := 0.0
	for i, c := range kept {
		if sum += c.weight; sum >= weight {
			return i + 1
		}
	}
	return len(kept)
}

const (
	topBins  = 1024
	binWidth = 1.0 / 16 // in nats; what is less likely than the likeliest by e^-64 is left out
)

// topP keeps the fewest likeliest tokens that have TopP of the probability, without
// sorting the vocabulary: the tokens are counted into bins by how likely they are, and
// only the bin in which the share is reached is sorted.
func (s *Sampler) topP(logits []float32) {
	s.kept = s.kept[:0]
	id, _ := argmax(logits)
	if id < 0 {
		return
	}
	clear(s.bins[:])
	scale := 1 / s.o.Temperature
	top, total := logits[id], 0.0
	for _, x := range logits {
		d := float64(top-x) * scale
		if d < topBins*binWidth {
			w := exp(-d)
			s.bins[int(d/binWidth)] += w
			total += w
		}
	}
	last, sum := 0, 0.0
	for sum+s.bins[last] < s.o.TopP*total && last < topBins-1 {
		sum += s.bins[last]
		last++
	}
	// What is above the bin is kept, as it comes; of the bin, the likeliest.
	for id, x := range logits {
		if d := float64(top-x) * scale; d < float64(last)*binWidth {
			s.kept = append(s.kept, candidate{id: int32(id), logit: x})
		}
	}
	above := len(s.kept)
	for id, x := range logits {
		if d := float64(top-x) * scale; d >= float64(last)*binWidth && d < float64(last+1)*binWidth {
			s.kept = append(s.kept, candidate{id: int32(id), logit: x, weight: exp(-d)})
		}
	}
	slices.SortFunc(s.kept[above:], before)
	s.kept = s.kept[:above+share(s.kept[above:], s.o.TopP*total-sum)]
}

// draw returns the index of a kept token, drawn by weight, -1 if there is none.
func (s *Sampler) draw() int {
	total, last := 0.0, -1
	for i, c := range s.kept {
		if c.weight > 0 {
			total += c.weight
			last = i
		}
	}
	if last < 0 {
		return -1
	}
	x := s.random.Float64() * total
	for i, c := range s.kept[:last] {
		if x -= c.weight; x < 0 {
			return i
		}
	}
	return last // x is total but for rounding
}

// exp returns e^x for x at most 0, within 1e-9 of it. math.Exp is exact to the last bit
// and takes three times as long, over a whole vocabulary as long as all the rest.
//
// x is n*ln2 + r with r between -ln2/2 and ln2/2, so e^x is 2^n times a short series in r.
func exp(x float64) float64 {
	const log2e, ln2 = math.Log2E, math.Ln2
	if x < -700 {
		return 0
	}
	n := int(x*log2e - 0.5)
	r := x - float64(n)*ln2
	p := 1 + r*(1+r*(1.0/2+r*(1.0/6+r*(1.0/24+r*(1.0/120+r*(1.0/720+r*(1.0/5040+r*(1.0/40320))))))))
	return math.Float64frombits(uint64(int64(math.Float64bits(p)) + int64(n)<<52))
}
