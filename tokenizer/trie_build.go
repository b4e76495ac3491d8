package tokenizer

import "math/bits"

// nodes is a trie as lists, from which the double array is made. A node that is a token
// has its id, others have numbers above.
type nodes struct {
	parent, first, next []int32 // -1 for none; first is the first child, next the next sibling
	label               []byte  // of the edge from the parent, or the byte of a node without
	prefix              []int32 // by token: the longest token above it
}

// newNodes makes the trie of all bytes and of the tokens that merges make, of which left
// has the left halves.
func newNodes(t *Tokenizer, left []int32) *nodes {
	n := firstMerged + len(left)
	x := &nodes{
		parent: make([]int32, 0, 3*n),
		first:  make([]int32, 0, 3*n),
		next:   make([]int32, 0, 3*n),
		label:  make([]byte, 0, 3*n),
		prefix: make([]int32, n),
	}
	x.extend(n)
	edges := newEdgeTable(4 * n)
	length := make([]int32, n)
	for id := range length {
		length[id] = int32(len(t.Token(int32(id))))
	}
	// Shorter tokens come first, so that a token's node is always new and can have its id.
	for _, id := range byLength(length) {
		token := t.Token(id)
		if id < firstMerged {
			x.prefix[id], x.label[id] = -1, token[0]
			continue
		}
		at := left[id-firstMerged] // is there already: it is shorter
		done := int(length[at])
		for i, c := range token[done:] {
			if int(at) < n {
				x.prefix[id] = at
			}
			slot := edges.find(at, c)
			if e := edges.slots[slot]; e != 0 {
				at = int32(e & (maxNodes - 1))
				continue
			}
			child := id
			if done+i+1 < len(token) {
				child = int32(len(x.parent))
				x.extend(1)
			}
			x.parent[child], x.label[child] = at, c
			x.next[child], x.first[at] = x.first[at], child
			edges.fill(slot, at, c, child)
			at = child
		}
	}
	return x
}

func (x *nodes) extend(n int) {
	for range n {
		x.parent = append(x.parent, -1)
		x.first = append(x.first, -1)
		x.next = append(x.next, -1)
		x.label = append(x.label, 0)
	}
}

// byLength returns ids in the order of their lengths.
func byLength(length []int32) []int32 {
	start := make([]int32, maxTokenLen+2)
	for _, n := range length {
		start[n+1]++
	}
	for i := range len(start) - 1 {
		start[i+1] += start[i]
	}
	order := make([]int32, len(length))
	for id, n := range length {
		order[start[n]] = int32(id)
		start[n]++
	}
	return order
}

// edgeTable maps a node and a byte to the child.
type edgeTable struct {
	slots []uint64 // node<<32 | byte<<24 | child; 0 if free, as token 0 is nobody's child
	shift uint
	used  int
}

const (
	nodeBits = 24
	maxNodes = 1 << nodeBits
)

func newEdgeTable(n int) *edgeTable {
	size := bits.Len(uint(n - 1))
	return &edgeTable{slots: make([]uint64, 1<<size), shift: uint(64 - size)}
}

// find returns the slot of an edge, or the free one where it belongs.
func (e *edgeTable) find(node int32, c byte) int {
	key := uint64(node)<<8 | uint64(c)
	mask := len(e.slots) - 1
	for i := int(key * golden >> e.shift); ; i = (i + 1) & mask {
		if s := e.slots[i]; s == 0 || s>>nodeBits == key {
			return i
		}
	}
}

// fill puts an edge into a free slot from find.
func (e *edgeTable) fill(slot int, node int32, c byte, child int32) {
	e.slots[slot] = uint64(node)<<32 | uint64(c)<<nodeBits | uint64(child)
	if e.used++; 2*e.used < len(e.slots) {
		return
	}
	old := e.slots
	*e = edgeTable{slots: make([]uint64, 2*len(old)), shift: e.shift - 1, used: e.used}
	for _, s := range old {
		if s != 0 {
			e.slots[e.find(int32(s>>32), byte(s>>nodeBits))] = s
		}
	}
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

// place gives the children of a node their cells, and the node its base.
func (p *placer) place(node int32) {
	x, first := p.trie, p.nodes.first[node]
	low := p.nodes.label[first]
	for v := first; v >= 0; v = p.nodes.next[v] {
		low = min(low, p.nodes.label[v])
	}
	base, at := 0, p.nextFree(p.free)
	p.free = at
	for tries := 1; ; tries++ {
		if base = at - int(low); base > 0 && p.fits(base, first) {
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
	for v := first; v >= 0; v = p.nodes.next[v] {
		c := p.nodes.label[v]
		at := base + int(c)
		x.cells[at] = cell(c) + 1
		if int(v) < len(p.nodes.prefix) {
			x.cells[at] |= cell(v+1) << labelBits
		}
		p.taken[at/64] |= 1 << (at % 64)
		p.at[v] = int32(at)
	}
	if p.nodes.parent[node] < 0 {
		x.root[p.nodes.label[node]] |= cell(base) << baseShift
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

// fits reports whether base is nobody's and the cells for the children are free.
func (p *placer) fits(base int, first int32) bool {
	if base/64 < len(p.bases) && p.bases[base/64]>>(base%64)&1 == 1 {
		return false
	}
	for v := first; v >= 0; v = p.nodes.next[v] {
		at := base + int(p.nodes.label[v])
		if at < len(p.trie.cells) && p.trie.cells[at] != 0 {
			return false
		}
	}
	return true
}
