package tokenizer

import "slices"

// trie finds the longest token that a text starts with. It is a double array (Aoe, An
// Efficient Digital Search Algorithm by Using a Double-Array Structure, 1989) in one
// word a node: the child of a node for byte c is at cells[base+c], if its label is c.
// Each base is used by one node only, so that the label is all there is to check.
type trie struct {
	cells []cell
	root  [256]cell
}

// cell is label+1 (9 bits) | token+1 (22 bits) << 9 | base << 31. A token of 0 stands for
// none, a base of 0 for no children, a whole cell of 0 is free.
type cell uint64

const (
	labelBits = 9
	labelMask = 1<<labelBits - 1
	tokenBits = idBits + 1
	tokenMask = 1<<tokenBits - 1
	baseShift = labelBits + tokenBits
)

func (c cell) token() int32 { return int32(c>>labelBits&tokenMask) - 1 }

// longest returns the longest token that s starts with and its length; s is not empty.
func (x *trie) longest(s string) (token int32, length int) {
	c := x.root[s[0]]
	best, length := c, 1
	for i := 1; i < len(s); i++ {
		at := uint64(c>>baseShift) + uint64(s[i])
		if at >= uint64(len(x.cells)) {
			break
		}
		c = x.cells[at]
		if c&labelMask != cell(s[i])+1 {
			break
		}
		if c&(tokenMask<<labelBits) != 0 {
			best, length = c, i+1
		}
	}
	return best.token(), length
}

// maxNodes bounds the bytes of the tokens, of which each may become a node.
const maxNodes = 1 << 24

// newTrie makes the trie of the tokens below n, among which is each byte. It returns for
// each token the longest that is a proper prefix of it, or -1.
func newTrie(t texts, n int) (x *trie, prefix []int32) {
	x = &trie{}
	nodes := newNodes(t, n)
	for v := int32(0); int(v) < len(nodes.end); v = nodes.end[v] {
		c := nodes.label[v]
		x.root[c] = cell(nodes.token[v]+1)<<labelBits | cell(c) + 1
	}
	p := newPlacer(x, nodes)
	// In the order of the ids the tokens that are met most often come to stand together.
	var path []int32
	for _, node := range nodes.at {
		path = path[:0]
		for v := node; v >= 0; v = nodes.parent[v] {
			path = append(path, v)
			if p.at[v] != 0 {
				break
			}
		}
		for _, v := range slices.Backward(path) {
			if first := v + 1; first < nodes.end[v] && p.at[first] == 0 {
				p.place(v)
			}
		}
	}
	return x, nodes.prefix
}
