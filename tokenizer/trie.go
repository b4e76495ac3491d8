package tokenizer

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

// build makes the trie of all bytes and of the tokens that merges make, of which left has
// the left halves. It returns for each the longest token that is a proper prefix, or -1.
func (x *trie) build(t *Tokenizer, left []int32) (prefix []int32) {
	nodes := newNodes(t, left)
	for c, id := range t.bytes {
		x.root[c] = cell(c+1) | cell(id+1)<<labelBits
	}
	// The first 256 cells stay free: a node with base 0 finds no child there.
	x.cells = make([]cell, 256, 512+len(nodes.parent)*9/8)
	p := placer{trie: x, nodes: nodes, at: make([]int32, len(nodes.parent)), free: 256}
	// In the order of the ids the tokens that are met most often come to stand together.
	var path []int32
	for id := range int32(len(nodes.prefix)) {
		path = path[:0]
		for v := id; v >= 0; v = nodes.parent[v] {
			path = append(path, v)
			if p.at[v] != 0 {
				break
			}
		}
		for i := len(path) - 1; i >= 0; i-- {
			if first := nodes.first[path[i]]; first >= 0 && p.at[first] == 0 {
				p.place(path[i])
			}
		}
	}
	return nodes.prefix
}
