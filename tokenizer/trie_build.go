package tokenizer

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"
)

// nodes is a trie in the order of its texts, from which the double array is made: below a
// node come its children, the first right after it, each with what is below it.
type nodes struct {
	parent []int32 // -1 for a node of one byte
	end    []int32 // the first node after those below
	token  []int32 // -1 for a text that is no token
	label  []byte  // the last byte of the text

	at     []int32 // by token: its node
	prefix []int32 // by token: the longest token that is a proper prefix of it, or -1
}

// newNodes makes the trie of the tokens below n. Of tokens with the same text it has one.
func newNodes(t texts, n int) *nodes {
	x := &nodes{
		parent: make([]int32, 0, 3*n),
		end:    make([]int32, 0, 3*n),
		token:  make([]int32, 0, 3*n),
		label:  make([]byte, 0, 3*n),
		at:     make([]int32, n),
		prefix: make([]int32, n),
	}
	var last []byte
	var path [maxTokenLen]struct{ node, token int32 } // of the prefixes of last; the longest token in each
	for _, e := range sorted(t, n) {
		text := t.of(e.id)
		depth := common(last, text)
		for i := depth; i < len(last); i++ {
			x.end[path[i].node] = int32(len(x.parent))
		}
		parent, prefix := int32(-1), int32(-1)
		if depth > 0 {
			parent, prefix = path[depth-1].node, path[depth-1].token
		}
		for i := depth; i < len(text); i++ {
			node := int32(len(x.parent))
			x.parent = append(x.parent, parent)
			x.end = append(x.end, 0)
			x.token = append(x.token, -1)
			x.label = append(x.label, text[i])
			path[i].node, path[i].token = node, prefix
			parent = node
		}
		// A text comes after its prefixes, so its node is the last one now.
		x.token[parent], x.at[e.id], x.prefix[e.id] = e.id, parent, prefix
		path[len(text)-1].token = e.id
		last = text
	}
	for i := range last {
		x.end[path[i].node] = int32(len(x.parent))
	}
	return x
}

// entry is a token with the first eight bytes of its text, which mostly tell the order.
type entry struct {
	start uint64
	id    int32
}

// sorted returns the tokens below n in the order of their texts: by radix for the bytes in
// start, by comparing where those are the same.
func sorted(t texts, n int) []entry {
	order, other := make([]entry, n), make([]entry, n)
	var count [8][256]int // how many have a byte at a place
	for id := range order {
		var start [8]byte
		copy(start[:], t.of(int32(id)))
		order[id] = entry{binary.BigEndian.Uint64(start[:]), int32(id)}
		for i, c := range start {
			count[i][c]++
		}
	}
	for i, at := range slices.Backward(count[:]) {
		next := 0
		for c, n := range at {
			at[c], next = next, next+n
		}
		for _, e := range order {
			c := byte(e.start >> (56 - 8*i))
			other[at[c]] = e
			at[c]++
		}
		order, other = other, order
	}
	for from, to := 0, 1; from < n; from, to = to, to+1 {
		for to < n && order[to].start == order[from].start {
			to++
		}
		if to-from > 1 {
			slices.SortFunc(order[from:to], func(a, b entry) int { return bytes.Compare(t.of(a.id), t.of(b.id)) })
		}
	}
	return order
}

// common returns how many bytes a and b start with that are the same.
func common(a, b []byte) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// placer puts the children of nodes into free cells.
type placer struct {
	trie  *trie
	nodes *nodes
	at    []int32  // by node: its cell; 0 for one that has none yet, and for the bytes of the root
	bases []uint64 // bit b: b is the base of a node
	taken []uint64 // bit c: cell c is not free
	free  int      // where to look first
}

// maxTries bounds the search for cells that fit several children, so that placing stays
// linear; after that they go to the end.
const maxTries = 64

// newPlacer returns a placer that has room for about as many cells as the nodes need.
func newPlacer(x *trie, n *nodes) *placer {
	room := 512 + len(n.parent)*9/8
	x.cells = make([]cell, 256, room) // the first stay free: a node with base 0 finds no child there
	return &placer{
		trie:  x,
		nodes: n,
		at:    make([]int32, len(n.parent)),
		bases: make([]uint64, 4, room/64+1),
		taken: make([]uint64, 4, room/64+1),
		free:  256,
	}
}

// place gives the children of a node their cells, and the node its base.
func (p *placer) place(node int32) {
	x, n := p.trie, p.nodes
	base, at := 0, p.nextFree(p.free)
	p.free = at
	for tries := 1; ; tries++ {
		if base = at - int(n.label[node+1]); base > 0 && p.fits(base, node) {
			break
		}
		if at = p.nextFree(at + 1); tries == maxTries {
			p.free = p.nextFree(p.free + 1) // give a cell up that does not find a user
			at = max(at, len(x.cells))
		}
	}
	if need := base + 256; need > len(x.cells) {
		x.cells = append(x.cells, make([]cell, need-len(x.cells))...)
	}
	for 64*len(p.bases) < len(x.cells) {
		p.bases, p.taken = append(p.bases, 0), append(p.taken, 0)
	}
	p.bases[base/64] |= 1 << (base % 64)
	for v := node + 1; v < n.end[node]; v = n.end[v] {
		at := base + int(n.label[v])
		x.cells[at] = cell(n.token[v]+1)<<labelBits | cell(n.label[v]) + 1
		p.taken[at/64] |= 1 << (at % 64)
		p.at[v] = int32(at)
	}
	if n.parent[node] < 0 {
		x.root[n.label[node]] |= cell(base) << baseShift
	} else {
		x.cells[p.at[node]] |= cell(base) << baseShift
	}
}

// nextFree returns the first free cell from at on, which may be one after the last.
func (p *placer) nextFree(at int) int {
	for word := at / 64; word < len(p.taken); word++ {
		free := ^p.taken[word]
		if word == at/64 {
			free &= ^uint64(0) << (at % 64)
		}
		if free != 0 {
			return word*64 + bits.TrailingZeros64(free)
		}
	}
	return max(at, 64*len(p.taken))
}

// fits reports whether base is nobody's and the cells for the children of a node are free.
func (p *placer) fits(base int, node int32) bool {
	if base/64 < len(p.bases) && p.bases[base/64]>>(base%64)&1 == 1 {
		return false
	}
	n := p.nodes
	for v := node + 1; v < n.end[node]; v = n.end[v] {
		at := base + int(n.label[v])
		if at < len(p.trie.cells) && p.trie.cells[at] != 0 {
			return false
		}
	}
	return true
}
