package kv

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
)

// FuzzPool compares a pool with plain strings, see besidePlain.
func FuzzPool(f *testing.F) {
	f.Add([]byte{3, 5, 0, 9, 1, 0, 1, 1, 0, 2, 2, 4, 0, 0, 9, 1, 0, 1, 1, 0, 3, 2, 2, 0, 4, 0})
	f.Add([]byte("a long text of several sequences, some of which are the same, the same, the same"))
	f.Add([]byte{1, 2, 0, 40, 1, 1, 1, 1, 0, 40, 1, 1, 1, 1, 6, 8, 2, 0, 9, 4, 0, 4, 0})
	f.Fuzz(besidePlain)
}

// TestPlain is the same with random bytes.
func TestPlain(t *testing.T) {
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 2))
		data := make([]byte, 3000)
		for i := range data {
			data[i] = byte(rng.Uint32())
		}
		besidePlain(t, data)
	}
}

// besidePlain runs sequences over a small alphabet in a pool that has too few pages for all, beside a map of plain
// strings. What a new sequence finds, and what is forgotten when, must be the same, and the pages must hold the
// texts.
func besidePlain(t *testing.T, data []byte) {
	next := func() int {
		if len(data) == 0 {
			return 0
		}
		b := data[0]
		data = data[1:]
		return int(b)
	}
	size, pages := 1+next()%5, 3+next()%12
	p, want, m := NewPool(pages, size), newPlain(pages, size), newMemory(pages, size)
	type run struct {
		s      *Sequence
		plain  *plainSequence
		tokens []int32
		limit  int
	}
	var running []*run
	write := func(r *run, n int, guess bool) {
		n = min(n, r.limit-len(r.tokens)+max(0, len(r.tokens)-r.s.Len()))
		if n <= 0 {
			return
		}
		for len(r.tokens) < r.s.Len()+n {
			r.tokens = append(r.tokens, int32(next()%3))
		}
		more := r.tokens[r.s.Len() : r.s.Len()+n]
		r.s.Grow(n)
		want.grow(r.plain, n)
		m.write(r.s, r.tokens[:r.s.Len()+n], r.s.Len())
		r.plain.guessed += text(more)
		if guess {
			r.s.Guess(more)
		} else {
			r.s.Commit(more)
			want.settle(r.plain)
		}
	}
	for len(data) > 0 {
		op := next()
		var r *run
		if len(running) > 0 {
			r = running[op/8%len(running)]
		}
		switch op %= 8; {
		case op <= 1 && len(running) < 5 || r == nil: // open
			r = &run{tokens: make([]int32, 1+next()%(3*size+2))}
			for i := range r.tokens {
				r.tokens[i] = int32(next() % 3)
			}
			r.limit = len(r.tokens) + next()%(2*size+1)
			if (r.limit+size-1)/size > pages {
				continue
			}
			known := p.Known(r.tokens)
			var cached int
			var busy bool
			var err error
			if private := op == 1 && r.tokens[0] == 2; private {
				r.s, err = p.OpenPrivate(r.limit)
				r.plain, cached, busy = want.open("", r.limit, true)
			} else {
				r.s, err = p.Open(r.tokens, r.limit, m.copyPage)
				r.plain, cached, busy = want.open(text(r.tokens), r.limit, false)
			}
			if errors.Is(err, ErrBusy) != busy || err != nil && !busy {
				t.Fatalf("opening %v for %d tokens: %v, want busy to be %v", r.tokens, r.limit, err, busy)
			}
			if err != nil {
				continue
			}
			if r.s.Cached() != cached || r.s.Len() != cached {
				t.Fatalf("%v has %d places from before, want %d", r.tokens, r.s.Cached(), cached)
			}
			if !r.plain.private && cached != known && cached != known/size*size { // there was no page for a copy
				t.Fatalf("%v has %d places from before, known were %d", r.tokens, cached, known)
			}
			running = append(running, r)
		case op <= 3: // the next tokens
			write(r, 1+next()%(2*size), false)
		case op == 4: // guesses
			write(r, 1+next()%size, true)
		case op == 5 && len(r.plain.guessed) > 0: // of which some are taken back
			n := next() % (len(r.plain.guessed) + 1)
			r.s.Truncate(r.s.Len() - n)
			r.plain.guessed = r.plain.guessed[:len(r.plain.guessed)-n]
			r.tokens = r.tokens[:r.s.Len()]
		case op == 6 && len(r.tokens) > r.s.Len(): // all of the prompt
			write(r, len(r.tokens)-r.s.Len(), false)
		case op == 7: // close
			r.s.Close()
			want.close(r.plain)
			running = slices.DeleteFunc(running, func(x *run) bool { return x == r })
		}
		var seqs []*Sequence
		for _, r := range running {
			m.check(t, r.s, r.tokens)
			seqs = append(seqs, r.s)
		}
		invariants(t, p, seqs)
		same(t, p, want)
	}
}

// text writes tokens as a plain string.
func text(tokens []int32) string {
	b := make([]byte, len(tokens))
	for i, t := range tokens {
		b[i] = byte('a' + t)
	}
	return string(b)
}

// same compares what the tree remembers with the map.
func same(t *testing.T, p *Pool, want *plain) {
	t.Helper()
	n := 0
	var walk func(at *node, before string)
	walk = func(at *node, before string) {
		for _, c := range at.children {
			key := before + text(c.tokens)
			k := want.kept[key]
			if k == nil || k.running != c.running {
				t.Fatalf("the tree has %q, gone through by %d; the map has %+v", key, c.running, k)
			}
			n++
			walk(c, key)
		}
	}
	walk(&p.root, "")
	if n != len(want.kept) {
		t.Fatalf("the tree has %d pages, the map %d", n, len(want.kept))
	}
}
