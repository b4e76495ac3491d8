package kv

import "slices"

// node is a page of the tree.
type node struct {
	parent   *node
	children []*node
	tokens   []int32 // of this page; fewer than a page only in a leaf
	page     int32
	running  int   // sequences that go through this node
	used     int64 // when one last left it
}

// share makes the first page of s that is not on its path a node of the tree. If another
// sequence was there first with the same tokens, its page takes the place of ours.
func (p *Pool) share(s *Sequence, tokens []int32) {
	at, i := s.last(), len(s.path)
	n := at.child(tokens)
	if n != nil {
		p.free = append(p.free, s.pages[i])
		s.pages[i] = n.page
		n.running++
		if n.running == 1 {
			p.idle--
		}
	} else {
		n = p.add(at, tokens, s.pages[i])
		n.running = 1
	}
	s.path = append(s.path, n)
}

// add makes a new node below at, and drops the leaves that it makes superfluous. The
// caller accounts for it being idle or not.
func (p *Pool) add(at *node, tokens []int32, page int32) *node {
	for _, c := range slices.Clone(at.children) {
		if c.running == 0 && len(c.tokens) < len(tokens) && common(c.tokens, tokens) == len(c.tokens) {
			p.remove(c)
		}
	}
	n := &node{parent: at, tokens: slices.Clone(tokens), page: page, used: p.clock}
	at.children = append(at.children, n)
	return n
}

// last returns the node after which the pages of s are its own.
func (s *Sequence) last() *node {
	if len(s.path) == 0 {
		return &s.pool.root
	}
	return s.path[len(s.path)-1]
}

// child returns the child with exactly these tokens.
func (n *node) child(tokens []int32) *node {
	for _, c := range n.children {
		if slices.Equal(c.tokens, tokens) {
			return c
		}
	}
	return nil
}

// closest returns the child that agrees with the beginning of tokens for longest, and for
// how many tokens.
func (n *node) closest(tokens []int32) (best *node, length int) {
	for _, c := range n.children {
		if l := common(c.tokens, tokens); l > length {
			best, length = c, l
		}
	}
	return best, length
}

// covers says whether a child begins with tokens.
func (n *node) covers(tokens []int32) bool {
	_, l := n.closest(tokens)
	return l == len(tokens)
}

func (n *node) walk(visit func(*node)) {
	for _, c := range n.children {
		visit(c)
		c.walk(visit)
	}
}

func common(a, b []int32) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}
