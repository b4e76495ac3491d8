package tokenizer

import "math"

// merge appends the tokens of one piece by the definition of byte-pair encoding: of all
// neighbours that can be joined, those with the lowest rank are, the leftmost first, until
// none can. It is right for every vocabulary; search is faster where it can be used.
func (t *Tokenizer) merge(dst []int32, piece string) []int32 {
	if len(piece) > mergeArray {
		return t.mergeLong(dst, piece)
	}
	var ids, ranks [mergeArray]int32 // ranks[i] is that of ids[i] with ids[i+1]
	n := len(piece)
	for i := range n {
		ids[i] = t.bytes[piece[i]]
	}
	for i := range n - 1 {
		ranks[i] = t.rank(ids[i], ids[i+1])
	}
	for n > 1 {
		at, lowest := 0, ranks[0]
		for i, r := range ranks[1 : n-1] {
			if r < lowest {
				at, lowest = i+1, r
			}
		}
		if lowest == noMerge {
			break
		}
		ids[at] = t.result[lowest]
		copy(ids[at+1:n-1], ids[at+2:n])
		copy(ranks[at:n-2], ranks[at+1:n-1])
		n--
		if at > 0 {
			ranks[at-1] = t.rank(ids[at-1], ids[at])
		}
		if at < n-1 {
			ranks[at] = t.rank(ids[at], ids[at+1])
		}
	}
	return append(dst, ids[:n]...)
}

const (
	mergeArray = 96 // bytes of a piece up to which looking at all pairs beats a heap
	noMerge    = math.MaxInt32
)

func (t *Tokenizer) rank(left, right int32) int32 {
	if r := t.pairs.get(left, right); r >= 0 {
		return r
	}
	return noMerge
}

// mergeLong is merge in n*log(n) steps: a list of the tokens and a heap of their pairs.
func (t *Tokenizer) mergeLong(dst []int32, piece string) []int32 {
	n := int32(len(piece))
	ids, ranks := make([]int32, n), make([]int32, n)
	prev, next := make([]int32, n), make([]int32, n)
	heap := make(pairHeap, 0, n)
	for i := range n {
		ids[i], prev[i], next[i] = t.bytes[piece[i]], i-1, i+1
	}
	next[n-1] = -1
	update := func(i int32) { // the pair that starts at i is another one
		ranks[i] = noMerge
		if j := next[i]; j >= 0 {
			if r := t.pairs.get(ids[i], ids[j]); r >= 0 {
				ranks[i] = r
				heap.push(uint64(r)<<32 | uint64(i))
			}
		}
	}
	for i := range n {
		update(i)
	}
	for len(heap) > 0 {
		top := heap.pop()
		i, r := int32(uint32(top)), int32(top>>32)
		if ranks[i] != r {
			continue // that pair is gone
		}
		j := next[i]
		ids[i], next[i], ranks[j] = t.result[r], next[j], noMerge
		if next[j] >= 0 {
			prev[next[j]] = i
		}
		update(i)
		if prev[i] >= 0 {
			update(prev[i])
		}
	}
	for i := int32(0); i >= 0; i = next[i] {
		dst = append(dst, ids[i])
	}
	return dst
}

// pairHeap is a binary heap of rank<<32 | position, the lowest first.
type pairHeap []uint64

func (h *pairHeap) push(x uint64) {
	s := append(*h, x)
	i := len(s) - 1
	for i > 0 {
		up := (i - 1) / 2
		if s[up] <= x {
			break
		}
		s[i] = s[up]
		i = up
	}
	s[i] = x
	*h = s
}

func (h *pairHeap) pop() uint64 {
	s := *h
	top, x := s[0], s[len(s)-1]
	s = s[:len(s)-1]
	*h = s
	i := 0
	for down := 1; down < len(s); down = 2*i + 1 {
		if down+1 < len(s) && s[down+1] < s[down] {
			down++
		}
		if x <= s[down] {
			break
		}
		s[i] = s[down]
		i = down
	}
	if len(s) > 0 {
		s[i] = x
	}
	return top
}
