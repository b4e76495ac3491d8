package grammar

import (
	"fmt"
	"sync"
)

// maxAutomaton is the size in bytes at which a grammar starts another automaton; the old
// one goes when the last matcher has left it.
const maxAutomaton = 32 << 20

// Grammar is a set of texts. It may be used by several goroutines; what one of them has
// worked out serves the others.
type Grammar struct {
	p  *program
	mu sync.Mutex // guards what follows, and all automata
	a  *automaton
}

// newGrammar builds the grammar of e.
func newGrammar(e expr) (*Grammar, error) {
	p, err := build(e)
	if err != nil {
		return nil, err
	}
	a := newAutomaton(p)
	if len(a.work.seen) >= maxVisited {
		return nil, fmt.Errorf("too large: more than %d ways to begin a text", maxVisited)
	}
	return &Grammar{p: p, a: a}, nil
}

// room returns a, or the automaton to go on with if a is full.
func (g *Grammar) room(a *automaton) *automaton {
	if a.size() < maxAutomaton {
		return a
	}
	if g.a == a || g.a.size() >= maxAutomaton {
		g.a = newAutomaton(g.p)
	}
	return g.a
}

// Matcher follows one text through a grammar. It is for one goroutine.
type Matcher struct {
	g *Grammar
	v *Vocabulary
	a *automaton
	s int32
}

// Matcher returns a matcher at the beginning of a text, for tokens of v.
func (g *Grammar) Matcher(v *Vocabulary) *Matcher {
	g.mu.Lock()
	defer g.mu.Unlock()
	a := g.room(g.a)
	return &Matcher{g, v, a, a.start}
}

// Clone returns a matcher at the same place, which goes on by itself.
func (m *Matcher) Clone() *Matcher {
	c := *m
	return &c
}

// lock takes the grammar's lock and leaves an automaton that is full.
func (m *Matcher) lock() {
	m.g.mu.Lock()
	if b := m.g.room(m.a); b != m.a {
		m.s = m.a.migrate(m.s, b)
		m.a = b
	}
}

// Allows says whether the token may come next: whether the text so far with its bytes
// behind is the beginning of a valid text. A number that is no token's is not allowed.
func (m *Matcher) Allows(id int32) bool {
	if id < 0 || int(id) >= len(m.v.tokens) || len(m.v.tokens[id]) == 0 {
		return false
	}
	m.lock()
	s, _ := m.follow(m.v.tokens[id])
	m.g.mu.Unlock()
	return s != dead
}

// follow returns the state after b and len(b), or dead and the number of bytes that fit.
func (m *Matcher) follow(b []byte) (int32, int) {
	s := m.s
	for i, c := range b {
		if s = m.a.step(s, c); s == dead {
			return dead, i
		}
	}
	return s, len(b)
}

// Accept goes on by a token. If it is not allowed, Accept returns an error and the
// matcher stays where it was.
func (m *Matcher) Accept(id int32) error {
	if id < 0 || int(id) >= len(m.v.tokens) || len(m.v.tokens[id]) == 0 {
		return fmt.Errorf("grammar: token %d is not one that may be text", id)
	}
	return m.AcceptBytes(m.v.tokens[id])
}

// AcceptBytes goes on by bytes that need not be whole tokens. If they do not fit,
// AcceptBytes returns an error and the matcher stays where it was.
func (m *Matcher) AcceptBytes(b []byte) error {
	m.lock()
	defer m.g.mu.Unlock()
	s, n := m.follow(b)
	if s == dead {
		return fmt.Errorf("grammar: %q does not fit from its byte %d on", b, n)
	}
	m.s = s
	return nil
}

// Mask sets bit id of bits, bits[id/64] >> (id%64) & 1, for every token that Allows, and
// clears all others. It panics if bits has fewer than one bit a token.
func (m *Matcher) Mask(bits []uint64) {
	if len(bits) < m.v.words() {
		panic(fmt.Sprintf("grammar: Mask: %d words for %d tokens", len(bits), len(m.v.tokens)))
	}
	clear(bits)
	m.lock()
	defer m.g.mu.Unlock()
	m.a, m.s = m.g.mask(m.a, m.s, m.v, bits)
}

// Few appends to dst the tokens that Allows, if there are at most so many, and reports whether that is so.
// Where many are allowed it finds that out without looking at all of them.
func (m *Matcher) Few(dst []int32, most int) (_ []int32, ok bool) {
	m.lock()
	defer m.g.mu.Unlock()
	if m.a.plainRoom(m.s) > 0 {
		return dst, false
	}
	return m.g.few(m.a, m.s, m.v, dst, most)
}

// MaxForced is how many bytes Forced returns at most.
const MaxForced = 1 << 12

// Forced returns the bytes that every continuation starts with: as many as are without a
// choice, up to where the text may end, and MaxForced at most. It is nil if there is a choice at once.
func (m *Matcher) Forced() []byte {
	m.lock()
	defer m.g.mu.Unlock()
	var out []byte
	for s := m.s; len(out) < MaxForced; {
		c := m.a.force(s)
		if c < 0 {
			break
		}
		out = append(out, byte(c))
		s = m.a.step(s, byte(c))
	}
	return out
}

// Done says whether the text may end here.
func (m *Matcher) Done() bool {
	m.g.mu.Lock()
	defer m.g.mu.Unlock()
	return m.a.accept[m.s]
}

// Ended says whether the text must end here: it is whole, and nothing may follow.
func (m *Matcher) Ended() bool {
	m.lock()
	defer m.g.mu.Unlock()
	if !m.a.accept[m.s] {
		return false
	}
	for _, c := range m.g.p.sample {
		if m.a.step(m.s, c) != dead {
			return false
		}
	}
	return true
}
