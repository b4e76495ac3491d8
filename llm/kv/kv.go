// Package kv keeps account of the pages of a key-value cache: which sequence has which,
// and which hold the beginnings of earlier sequences, so that a new one that begins in the
// same way need not compute them again. It knows pages by their numbers only.
package kv

import (
	"errors"
	"fmt"
	"slices"
)

// ErrBusy says that the pages are there but in use; try again when a sequence has closed.
var ErrBusy = errors.New("kv: every page is in use")

// ErrTooLong says that the cache is too small for a sequence even when it is empty.
var ErrTooLong = errors.New("kv: the sequence is longer than the cache")

// Pool has the pages of one cache. It is used by one goroutine at a time.
//
// The pages of past and running sequences form a tree: a node is a page, the path to it is
// the tokens before it. Full pages are shared by all sequences that go through them. The
// last, partly filled page of a closed sequence is a leaf, of which a new sequence gets a
// copy. A node that no running sequence goes through is kept until its page is needed;
// the one that was left alone for longest goes first.
type Pool struct {
	size     int // tokens a page
	pages    int
	free     []int32
	root     node
	idle     int   // nodes that no running sequence goes through
	promised int   // pages that running sequences may still take
	clock    int64 // counts openings and closings, for the order in which nodes go
}

// NewPool returns a pool of pages numbered from 0, each of size tokens.
func NewPool(pages, size int) *Pool {
	if pages < 1 || size < 1 {
		panic(fmt.Sprintf("kv: NewPool: %d pages of %d tokens", pages, size))
	}
	p := &Pool{size: size, pages: pages}
	for i := pages - 1; i >= 0; i-- {
		p.free = append(p.free, int32(i))
	}
	return p
}

// Tokens returns how many tokens the pool has room for.
func (p *Pool) Tokens() int { return p.pages * p.size }

// Sequence is one running sequence.
type Sequence struct {
	pool     *Pool
	private  bool
	path     []*node // the nodes of the first len(path) pages
	pages    []int32
	length   int
	tail     []int32 // tokens of the pages after the path
	guessed  int     // how many tokens at the end Truncate may still take back
	promised int     // pages that it may still take
	cached   int
	closed   bool
}

// Open begins a sequence that will have at most limit tokens, of which prompt are the
// first, and promises it the pages for them. What the pool remembers of prompt, except its
// last token, whose logits nobody remembers, is in the sequence from the start: Len says
// how much. copyPage must copy one page to another before it returns.
func (p *Pool) Open(prompt []int32, limit int, copyPage func(dst, src int32)) (*Sequence, error) {
	return p.open(prompt, limit, copyPage, false)
}

// OpenPrivate begins a sequence that shares nothing, neither now nor when it has closed.
func (p *Pool) OpenPrivate(limit int) (*Sequence, error) { return p.open(nil, limit, nil, true) }

func (p *Pool) open(prompt []int32, limit int, copyPage func(dst, src int32), private bool) (*Sequence, error) {
	limit = max(limit, len(prompt), 1)
	total := (limit + p.size - 1) / p.size
	if total > p.pages {
		return nil, fmt.Errorf("%w: %d tokens, room for %d", ErrTooLong, limit, p.Tokens())
	}
	p.clock++
	s := &Sequence{pool: p, private: private}
	at, rest := &p.root, prompt[:max(0, len(prompt)-1)]
	for len(rest) >= p.size {
		child := at.child(rest[:p.size])
		if child == nil {
			break
		}
		p.enter(s, child)
		at, rest = child, rest[p.size:]
	}
	s.promised = total - len(s.path)
	if s.promised > len(p.free)+p.idle-p.promised {
		for _, n := range s.path {
			p.leave(n)
		}
		return nil, ErrBusy
	}
	p.promised += s.promised
	if near, n := at.closest(rest); n > 0 {
		near.running++ // so that its page is not the one taken
		if near.running == 1 {
			p.idle--
		}
		if len(p.free)+p.idle > 0 { // else the page to copy is the only one left: compute it again
			dst := p.take(s)
			copyPage(dst, near.page)
			s.tail, s.length = append(s.tail, rest[:n]...), s.length+n
		}
		p.leave(near)
	}
	s.cached = s.length
	return s, nil
}

// Known returns how many tokens of prompt a sequence would find from the start, if there is a page for a copy.
func (p *Pool) Known(prompt []int32) int {
	at, rest := &p.root, prompt[:max(0, len(prompt)-1)]
	for len(rest) >= p.size {
		child := at.child(rest[:p.size])
		if child == nil {
			break
		}
		at, rest = child, rest[p.size:]
	}
	_, n := at.closest(rest)
	return max(0, len(prompt)-1) - len(rest) + n
}

// enter adds a node to the path of s.
func (p *Pool) enter(s *Sequence, n *node) {
	n.running++
	if n.running == 1 {
		p.idle--
	}
	s.path = append(s.path, n)
	s.pages = append(s.pages, n.page)
	s.length += p.size
}

func (p *Pool) leave(n *node) {
	n.running--
	n.used = p.clock
	if n.running == 0 {
		p.idle++
	}
}

// Len returns how many tokens of the sequence are in the cache.
func (s *Sequence) Len() int { return s.length }

// Cached returns how many were there when it began.
func (s *Sequence) Cached() int { return s.cached }

// Pages returns the page table: place i of the sequence is in page Pages()[i/size]. It is
// valid until the next call of Grow or Commit.
func (s *Sequence) Pages() []int32 { return s.pages }

// Grow makes sure that there are pages for n more tokens. It panics beyond the limit that
// the sequence was opened with.
func (s *Sequence) Grow(n int) {
	for s.length+n > len(s.pages)*s.pool.size {
		s.pool.take(s)
	}
}

// take gives s a page that was promised to it.
func (p *Pool) take(s *Sequence) int32 {
	if s.closed || s.promised == 0 {
		panic("kv: a sequence grows beyond its limit")
	}
	s.promised--
	p.promised--
	if len(p.free) == 0 {
		p.evict()
	}
	page := p.free[len(p.free)-1]
	p.free = p.free[:len(p.free)-1]
	s.pages = append(s.pages, page)
	return page
}

// evict forgets the leaf that was left alone for longest.
func (p *Pool) evict() {
	var oldest *node
	p.root.walk(func(n *node) {
		if n.running == 0 && len(n.children) == 0 && (oldest == nil || n.used < oldest.used) {
			oldest = n
		}
	})
	if oldest == nil {
		panic("kv: more pages promised than there are")
	}
	p.remove(oldest)
}

func (p *Pool) remove(n *node) {
	n.parent.children = slices.DeleteFunc(n.parent.children, func(c *node) bool { return c == n })
	p.free = append(p.free, n.page)
	p.idle--
}

// Commit says that the keys and values of the next tokens are in the cache, and that those
// before them are there to stay. Pages that became full are shared from now on.
func (s *Sequence) Commit(tokens []int32) {
	s.extend("Commit", tokens)
	s.keep()
}

// Guess is Commit for tokens that may turn out not to belong to the sequence: until the next
// Commit, or Close, Truncate can take them back, and their pages are not shared.
func (s *Sequence) Guess(tokens []int32) {
	s.extend("Guess", tokens)
	s.guessed += len(tokens)
}

// Truncate shortens the sequence to length tokens. It panics if that takes back others than
// those given to Guess last. Pages stay with the sequence.
func (s *Sequence) Truncate(length int) {
	n := s.length - length
	if n < 0 || n > s.guessed {
		panic(fmt.Sprintf("kv: Truncate of %d tokens to %d, of which %d are guessed", s.length, length, s.guessed))
	}
	s.length, s.guessed = length, s.guessed-n
	if !s.private {
		s.tail = s.tail[:len(s.tail)-n]
	}
}

func (s *Sequence) extend(operation string, tokens []int32) {
	if s.length+len(tokens) > len(s.pages)*s.pool.size {
		panic("kv: " + operation + " of more tokens than Grow made room for")
	}
	s.length += len(tokens)
	if !s.private {
		s.tail = append(s.tail, tokens...)
	}
}

// keep shares the pages that are full.
func (s *Sequence) keep() {
	s.guessed = 0
	for p := s.pool; len(s.tail) >= p.size; {
		p.share(s, s.tail[:p.size])
		s.tail = s.tail[p.size:]
	}
}

// Close ends the sequence. The pool remembers it as long as it has room.
func (s *Sequence) Close() {
	if s.closed {
		return
	}
	s.keep()
	s.closed = true
	p := s.pool
	p.clock++
	p.promised -= s.promised
	rest := s.pages[len(s.path):]
	if len(s.tail) > 0 && len(rest) > 0 {
		if at := s.last(); !at.covers(s.tail) {
			p.add(at, s.tail, rest[0])
			p.idle++
			rest = rest[1:]
		}
	}
	p.free = append(p.free, rest...)
	for _, n := range s.path {
		p.leave(n)
	}
}
