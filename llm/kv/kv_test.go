package kv

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
)

// memory stands for a device's cache: what each place of each page holds. A place holds
// the whole prefix up to it in form of a hash, as keys and values depend on all of it.
type memory struct {
	size  int
	pages [][]uint64
}

func newMemory(pages, size int) *memory {
	m := &memory{size: size}
	for range pages {
		m.pages = append(m.pages, make([]uint64, size))
	}
	return m
}

func (m *memory) copyPage(dst, src int32) { copy(m.pages[dst], m.pages[src]) }

func hashes(tokens []int32) []uint64 {
	h, out := uint64(14695981039346656037), make([]uint64, len(tokens))
	for i, t := range tokens {
		h = (h ^ uint64(t)) * 1099511628211
		out[i] = h
	}
	return out
}

// write stands for a forward pass over tokens[from:].
func (m *memory) write(s *Sequence, tokens []int32, from int) {
	for i, h := range hashes(tokens) {
		if i >= from {
			m.pages[s.Pages()[i/m.size]][i%m.size] = h
		}
	}
}

func (m *memory) check(t *testing.T, s *Sequence, tokens []int32) {
	t.Helper()
	for i, h := range hashes(tokens[:s.Len()]) {
		if got := m.pages[s.Pages()[i/m.size]][i%m.size]; got != h {
			t.Fatalf("place %d of %v holds something else", i, tokens)
		}
	}
}

// invariants checks that every page has one owner and that the counters are right.
func invariants(t *testing.T, p *Pool, running []*Sequence) {
	t.Helper()
	owner := make([]int, p.pages)
	for _, f := range p.free {
		owner[f]++
	}
	idle := 0
	p.root.walk(func(n *node) {
		owner[n.page]++
		if n.running == 0 {
			idle++
		}
		if len(n.tokens) != p.size && len(n.children) > 0 {
			t.Fatal("a partly filled page has children")
		}
	})
	promised := 0
	for _, s := range running {
		promised += s.promised
		for _, page := range s.pages[len(s.path):] {
			owner[page]++
		}
	}
	for page, n := range owner {
		if n != 1 {
			t.Fatalf("page %d has %d owners", page, n)
		}
	}
	if idle != p.idle || promised != p.promised {
		t.Fatalf("idle is %d, want %d; promised %d, want %d", p.idle, idle, p.promised, promised)
	}
	if p.promised > len(p.free)+p.idle {
		t.Fatalf("%d pages promised, %d to be had", p.promised, len(p.free)+p.idle)
	}
}

func run(t *testing.T, p *Pool, m *memory, tokens []int32, limit int) (cached int) {
	t.Helper()
	s, err := p.Open(tokens, limit, m.copyPage)
	if err != nil {
		t.Fatal(err)
	}
	s.Grow(len(tokens) - s.Len())
	m.write(s, tokens, s.Len())
	s.Commit(tokens[s.Len():])
	m.check(t, s, tokens)
	s.Close()
	invariants(t, p, nil)
	return s.Cached()
}

func ints(n int, from int32) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = from + int32(i)
	}
	return out
}

func TestPrefix(t *testing.T) {
	p, m := NewPool(16, 4), newMemory(16, 4)
	first := ints(10, 100)
	if c := run(t, p, m, first, 20); c != 0 {
		t.Errorf("nothing was there, yet %d were cached", c)
	}
	if c := run(t, p, m, first, 20); c != 9 {
		t.Errorf("the same again: %d cached, want all but the last", c)
	}
	longer := append(slices.Clone(first), 1, 2, 3)
	if c := run(t, p, m, longer, 20); c != 10 {
		t.Errorf("extended: %d cached, want 10: the part of a page too", c)
	}
	if c := run(t, p, m, longer, 20); c != 12 {
		t.Errorf("extended again: %d cached, want 12", c)
	}
	other := slices.Clone(longer)
	other[5] = 7
	if c := run(t, p, m, other, 20); c != 5 {
		t.Errorf("different from place 5: %d cached", c)
	}
	if c := run(t, p, m, longer, 20); c != 12 {
		t.Errorf("the former one is still there: %d cached, want 12", c)
	}
}

func TestLeastRecentGoes(t *testing.T) {
	p, m := NewPool(4, 4), newMemory(4, 4)
	a, b := ints(8, 100), ints(8, 200)
	run(t, p, m, a, 8)
	run(t, p, m, b, 8)
	run(t, p, m, a, 8) // now b is the older one
	run(t, p, m, ints(4, 300), 4)
	if c := run(t, p, m, a, 8); c != 7 {
		t.Errorf("a: %d cached, want 7", c)
	}
	if c := run(t, p, m, b, 8); c != 4 && c != 0 {
		t.Errorf("b: %d cached; it should have lost a page", c)
	}
}

func TestBusyAndTooLong(t *testing.T) {
	p := NewPool(4, 4)
	if _, err := p.OpenPrivate(17); !errors.Is(err, ErrTooLong) {
		t.Errorf("17 tokens in 16 places: %v", err)
	}
	s, err := p.OpenPrivate(9)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.OpenPrivate(5); !errors.Is(err, ErrBusy) {
		t.Errorf("3 of 4 pages are promised, 2 more are wanted: %v", err)
	}
	small, err := p.OpenPrivate(4)
	if err != nil {
		t.Errorf("one more page: %v", err)
	}
	invariants(t, p, []*Sequence{s, small})
	s.Close()
	if _, err := p.OpenPrivate(12); err != nil {
		t.Errorf("after a close: %v", err)
	}
}

func TestPrivateLeavesNothing(t *testing.T) {
	p := NewPool(4, 4)
	s, err := p.OpenPrivate(16)
	if err != nil {
		t.Fatal(err)
	}
	s.Grow(16)
	s.Commit(ints(16, 1))
	s.Close()
	invariants(t, p, nil)
	if len(p.free) != 4 {
		t.Errorf("%d pages free, want 4", len(p.free))
	}
}

func TestGrowBeyondLimit(t *testing.T) {
	p := NewPool(4, 4)
	s, _ := p.OpenPrivate(5)
	defer func() {
		if recover() == nil {
			t.Error("9 tokens in a sequence of at most 8")
		}
	}()
	s.Grow(9)
}

// TestRandom runs many sequences at once over a small alphabet, so that they share a lot,
// and checks after every step that each finds its own history in the pages.
func TestRandom(t *testing.T) {
	for seed := range uint64(30) {
		rng := rand.New(rand.NewPCG(seed, 1))
		pages, size := 6+rng.IntN(20), 1+rng.IntN(5)
		p, m := NewPool(pages, size), newMemory(pages, size)
		type live struct {
			s      *Sequence
			tokens []int32
			limit  int
		}
		var running []*live
		seqs := func() (out []*Sequence) {
			for _, r := range running {
				out = append(out, r.s)
			}
			return out
		}
		cached := 0
		for range 600 {
			switch k := rng.IntN(10); {
			case k < 3: // open
				tokens := make([]int32, 1+rng.IntN(3*size+2))
				for i := range tokens {
					tokens[i] = rng.Int32N(2)
				}
				r := &live{tokens: tokens, limit: len(tokens) + rng.IntN(3*size)}
				s, err := p.Open(tokens, r.limit, m.copyPage)
				if errors.Is(err, ErrBusy) || errors.Is(err, ErrTooLong) {
					break
				}
				if s.Len() >= len(tokens) {
					t.Fatalf("%d of %d tokens cached: none is left to compute", s.Len(), len(tokens))
				}
				cached += s.Cached()
				m.check(t, s, tokens)
				r.s = s
				running = append(running, r)
			case k < 8 && len(running) > 0: // go on
				r := running[rng.IntN(len(running))]
				for len(r.tokens) < min(r.limit, r.s.Len()+1+rng.IntN(size+1)) {
					r.tokens = append(r.tokens, rng.Int32N(2))
				}
				n := 1 + rng.IntN(size+2)
				upto := min(len(r.tokens), r.s.Len()+n)
				r.s.Grow(upto - r.s.Len())
				m.write(r.s, r.tokens[:upto], r.s.Len())
				r.s.Commit(r.tokens[r.s.Len():upto])
			case len(running) > 0: // close
				i := rng.IntN(len(running))
				running[i].s.Close()
				running[i].s.Close() // harmless
				running = slices.Delete(running, i, i+1)
			}
			for _, r := range running {
				m.check(t, r.s, r.tokens)
			}
			invariants(t, p, seqs())
		}
		if cached == 0 {
			t.Errorf("seed %d: nothing was ever reused", seed)
		}
	}
}

// TestTruncate guesses over the ends of pages and takes back all numbers of guesses.
func TestTruncate(t *testing.T) {
	for guesses := range 12 {
		for back := range guesses + 1 {
			p, m := NewPool(16, 4), newMemory(16, 4)
			run(t, p, m, ints(7, 1), 8)
			s, err := p.Open(ints(7, 1), 30, m.copyPage)
			if err != nil {
				t.Fatal(err)
			}
			other, err := p.Open(ints(7, 1), 12, m.copyPage)
			if err != nil {
				t.Fatal(err)
			}
			tokens := append(ints(7, 1), ints(guesses, 50)...)
			s.Grow(1 + guesses)
			m.write(s, tokens, 6)
			s.Commit(tokens[6:7])
			s.Guess(tokens[7:])
			m.check(t, s, tokens)
			if len(s.path) != 1 {
				t.Fatalf("%d guesses: %d pages shared, want the one without any", guesses, len(s.path))
			}
			s.Truncate(len(tokens) - back)
			invariants(t, p, []*Sequence{s, other})
			tokens = append(tokens[:len(tokens)-back], ints(6, 90)...)
			s.Grow(6)
			m.write(s, tokens, s.Len())
			s.Commit(tokens[s.Len():])
			m.check(t, s, tokens)
			invariants(t, p, []*Sequence{s, other})
			m.check(t, other, ints(6, 1))
			s.Close()
			other.Close()
			invariants(t, p, nil)
			if c := run(t, p, m, tokens, 30); c != len(tokens)-1 {
				t.Errorf("%d guesses, %d taken back: %d of %d tokens are cached", guesses, back, c, len(tokens))
			}
		}
	}
}

func TestTruncateTooFar(t *testing.T) {
	s, _ := NewPool(4, 4).OpenPrivate(8)
	s.Grow(5)
	s.Commit(ints(3, 1))
	s.Guess(ints(2, 9))
	s.Truncate(3)
	defer func() {
		if recover() == nil {
			t.Error("a token that was committed is taken back")
		}
	}()
	s.Truncate(2)
}
