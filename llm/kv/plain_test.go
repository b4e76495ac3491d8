package kv

import "strings"

// plain is what a Pool ought to remember, as a map of plain strings: a token is a byte, a page that is kept is the
// whole text up to its end.
type plain struct {
	size, pages int
	kept        map[string]*kept
	live        []*plainSequence
	clock, born int
}

type kept struct {
	running, used, born int
}

type plainSequence struct {
	text     string // committed
	guessed  string // behind it
	shared   int    // pages that are kept ones
	own      int    // pages that are not
	promised int
	private  bool
}

func newPlain(pages, size int) *plain {
	return &plain{size: size, pages: pages, kept: map[string]*kept{}}
}

func (p *plain) idle() (n int) {
	for _, k := range p.kept {
		if k.running == 0 {
			n++
		}
	}
	return n
}

func (p *plain) free() int {
	n := p.pages - len(p.kept)
	for _, s := range p.live {
		n -= s.own
	}
	return n
}

func (p *plain) promised() (n int) {
	for _, s := range p.live {
		n += s.promised
	}
	return n
}

func sharedLength(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// longest returns which kept text agrees with text for longest, of equals the one that came first.
func (p *plain) longest(text string) (best string, length int) {
	for key, k := range p.kept {
		n := sharedLength(key, text)
		if n > length || n == length && n > 0 && before(key, k, best, p.kept[best], n, p.size) {
			best, length = key, n
		}
	}
	return best, length
}

// before says whether of two texts with the same n places in common with a prompt a is the one whose last page the
// prompt ends in: the shorter path, or of two that part within a page the older.
func before(a string, ka *kept, b string, kb *kept, n, size int) bool {
	pa, pb := (len(a)+size-1)/size, (len(b)+size-1)/size
	if pa != pb {
		return pa < pb
	}
	return ka.born < kb.born
}

// each changes the first pages of text.
func (p *plain) each(text string, pages int, change func(*kept)) {
	for i := 1; i <= pages; i++ {
		change(p.kept[text[:i*p.size]])
	}
}

func (p *plain) open(prompt string, limit int, private bool) (s *plainSequence, cached int, busy bool) {
	p.clock++
	limit = max(limit, len(prompt), 1)
	s = &plainSequence{private: private}
	known := ""
	if !private && len(prompt) > 0 {
		known = prompt[:len(prompt)-1]
	}
	for (s.shared+1)*p.size <= len(known) && p.kept[known[:(s.shared+1)*p.size]] != nil {
		s.shared++
	}
	p.each(known, s.shared, func(k *kept) { k.running++ })
	s.promised = (limit+p.size-1)/p.size - s.shared
	if s.promised > p.free()+p.idle()-p.promised() {
		p.each(known, s.shared, func(k *kept) { k.running--; k.used = p.clock })
		return nil, 0, true
	}
	p.live = append(p.live, s)
	s.text = known[:s.shared*p.size]
	if near, n := p.longest(known); n > len(s.text) {
		p.kept[near].running++
		if p.free()+p.idle() > 0 {
			p.take(s)
			s.text = known[:n]
		}
		p.kept[near].running--
		p.kept[near].used = p.clock
	}
	return s, len(s.text), false
}

func (p *plain) take(s *plainSequence) {
	if p.free() == 0 {
		p.evict()
	}
	s.own++
	s.promised--
}

// evict forgets the text that was left alone for longest, of those that no other goes on from.
func (p *plain) evict() {
	oldest := ""
	for key, k := range p.kept {
		if k.running > 0 || oldest != "" && k.used >= p.kept[oldest].used {
			continue
		}
		end := true
		for other := range p.kept {
			end = end && (len(other) <= len(key) || len(key)%p.size != 0 || !strings.HasPrefix(other, key))
		}
		if end {
			oldest = key
		}
	}
	delete(p.kept, oldest)
}

func (p *plain) grow(s *plainSequence, n int) {
	for len(s.text)+len(s.guessed)+n > (s.shared+s.own)*p.size {
		p.take(s)
	}
}

// settle makes what was guessed certain, and shares the pages that are full.
func (p *plain) settle(s *plainSequence) {
	s.text, s.guessed = s.text+s.guessed, ""
	for !s.private && (s.shared+1)*p.size <= len(s.text) {
		key := s.text[:(s.shared+1)*p.size]
		if p.kept[key] == nil {
			p.keep(key)
		}
		p.kept[key].running++
		s.shared++
		s.own--
	}
}

// keep remembers a text, in place of the beginnings of its last page.
func (p *plain) keep(key string) {
	for n := (len(key) - 1) / p.size * p.size; n < len(key); n++ {
		if n%p.size != 0 {
			delete(p.kept, key[:n])
		}
	}
	p.born++
	p.kept[key] = &kept{used: p.clock, born: p.born}
}

func (p *plain) close(s *plainSequence) {
	p.settle(s)
	p.clock++
	covered := len(s.text) == s.shared*p.size
	for key := range p.kept {
		covered = covered || strings.HasPrefix(key, s.text)
	}
	if !covered && !s.private {
		p.keep(s.text)
	}
	p.each(s.text, s.shared, func(k *kept) { k.running--; k.used = p.clock })
	for i, l := range p.live {
		if l == s {
			p.live = append(p.live[:i], p.live[i+1:]...)
			break
		}
	}
}
