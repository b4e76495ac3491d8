package tokenizer

import "math/bits"

// trie finds the longest token that a text starts with. A node that is a token has the
// token's id, others have numbers above; edges are in an open-addressing table.
type trie struct {
	edges  []uint64 // node<<32 | byte<<24 | child; 0 if free: no edge leads to a token of one byte
	shift  uint
	used   int
	tokens int32      // nodes below are tokens
	root   [256]int32 // id of the token of one byte
}

const (
	nodeBits = 24
	nodeMask = 1<<nodeBits - 1
)

// build adds all tokens and fills s.prefix. It reports whether they fit.
func (x *trie) build(t *Tokenizer, s *search) bool {
	n := len(s.length)
	x.root, x.tokens = t.bytes, int32(n)
	x.grow(4 * n)
	// Shorter tokens come first, so that a token's node is always new and can have its id.
	order, nodes := byLength(s.length), int32(n)
	for _, id := range order {
		token := t.Token(id)
		if len(token) == 1 {
			s.prefix[id] = -1
			continue
		}
		at := x.root[token[0]]
		s.prefix[id] = at
		for i, c := range token[1:] {
			child := x.child(at, c)
			if child < 0 {
				child = id
				if i+2 < len(token) {
					child = nodes
					nodes++
					if nodes > nodeMask {
						return false
					}
				}
				x.put(at, c, child)
			}
			at = child
			if int(at) < n && at != id {
				s.prefix[id] = at
			}
		}
	}
	return true
}

// byLength returns the ids in the order of their lengths.
func byLength(length []uint16) []int32 {
	start := make([]int32, maxTokenLen+2)
	for _, n := range length {
		start[n+1]++
	}
	for i := range start[1:] {
		start[i+1] += start[i]
	}
	order := make([]int32, len(length))
	for id, n := range length {
		order[start[n]] = int32(id)
		start[n]++
	}
	return order
}

func (x *trie) grow(n int) {
	old := x.edges
	size := bits.Len(uint(n - 1))
	x.edges, x.shift, x.used = make([]uint64, 1<<size), uint(64-size), 0
	for _, e := range old {
		if e != 0 {
			x.put(int32(e>>32), byte(e>>nodeBits), int32(e&nodeMask))
		}
	}
}

func (x *trie) put(node int32, c byte, child int32) {
	if 2*x.used >= len(x.edges) {
		x.grow(2 * len(x.edges))
	}
	x.used++
	key := uint64(node)<<8 | uint64(c)
	mask := uint64(len(x.edges) - 1)
	i := key * golden >> x.shift
	for x.edges[i] != 0 {
		i = (i + 1) & mask
	}
	x.edges[i] = key<<nodeBits | uint64(child)
}

// child returns the node that c leads to, or -1.
func (x *trie) child(node int32, c byte) int32 {
	key := uint64(node)<<8 | uint64(c)
	mask := uint64(len(x.edges) - 1)
	for i := key * golden >> x.shift; ; i++ {
		e := x.edges[i&mask]
		if e>>nodeBits == key && e != 0 {
			return int32(e & nodeMask)
		}
		if e == 0 {
			return -1
		}
	}
}

// longest returns the longest token that s starts with; s is not empty.
func (x *trie) longest(s string) int32 {
	node := x.root[s[0]]
	best := node
	for i := 1; i < len(s); i++ {
		if node = x.child(node, s[i]); node < 0 {
			break
		}
		if node < x.tokens {
			best = node
		}
	}
	return best
}
