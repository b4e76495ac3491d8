package tokenizer

import "sync/atomic"

// search encodes pieces without trying merges: it takes the longest token that starts at
// a place, checks that byte-pair encoding would put it beside the token before, and goes
// back where that fails. The tokens are those of merge, in time linear in the piece.
//
// A sequence of tokens is the encoding of its text exactly if each two neighbours are the
// encoding of theirs, and every prefix of the text has one such sequence. That holds if
// every token is made by exactly one merge, with ids in the order of the merges, and is
// the encoding of its own text; newSearch checks it.
//
// Source: the idea and the test of two neighbours are those of A. Neubeck's and H. van
// Antwerpen's Rust crate bpe (github/rust-gems, version 0.2.1).
type search struct {
	pairs  *pairTable
	trie   *trie
	prefix []int32  // by id: the longest token that is a proper prefix of it, or -1
	length []uint16 // by id, in bytes
	seams  []seam   // by id

	// verdicts remembers fits of pairs met before, each word one pair and its answer, so
	// that it can be read and written by all at once: left<<22 | right<<1 | fits.
	verdicts [1 << verdictBits]atomic.Uint64
}

const verdictBits = 14 // 128 KB

// seam is what fits needs to know of a token. The last two spare it most look-ups.
type seam struct {
	left, right int32 // what the merge that makes it joins; unused for a byte
	asLeft      int32 // the first token that is made with it at the left, or noLimit
	asRight     int32 // the same at the right
}

// firstMerged is the id that the first merge makes: the 256 bytes come before.
const firstMerged = 256

// newSearch makes the search for merges that join left and right, by rank. It returns nil
// if the vocabulary is not in the order that it needs.
func newSearch(t *Tokenizer, left, right []int32) *search {
	n := firstMerged + len(left)
	if len(t.texts.bytes) > maxNodes {
		return nil
	}
	for id, typ := range t.types {
		if (typ == TypeNormal) != (id < n) || id < firstMerged && len(t.Token(int32(id))) != 1 {
			return nil
		}
	}
	for rank, made := range t.result {
		if int(made) != firstMerged+rank || left[rank] >= made || right[rank] >= made {
			return nil
		}
	}
	s := &search{
		pairs:  &t.pairs,
		length: make([]uint16, n),
		seams:  make([]seam, n),
	}
	for id := range s.seams {
		s.seams[id].asLeft, s.seams[id].asRight = noLimit, noLimit
	}
	for id := range int32(n) {
		s.length[id] = uint16(len(t.Token(id)))
		if id < firstMerged {
			continue
		}
		l, r := left[id-firstMerged], right[id-firstMerged]
		if !s.fits(l, r, id) {
			return nil
		}
		s.seams[id].left, s.seams[id].right = l, r
		s.seams[l].asLeft = min(s.seams[l].asLeft, id)
		s.seams[r].asRight = min(s.seams[r].asRight, id)
	}
	s.trie, s.prefix = newTrie(t.texts, n)
	return s
}

// beside is fits without a limit.
func (s *search) beside(left, right int32) bool {
	key := (uint64(left)<<idBits | uint64(right)) << 1
	slot := &s.verdicts[key*golden>>(64-verdictBits)]
	if v := slot.Load(); v&^1 == key && v != 0 {
		return v&1 == 1
	}
	if s.fits(left, right, noLimit) {
		slot.Store(key | 1)
		return true
	}
	slot.Store(key)
	return false
}

// fits reports whether left and right stay beside each other when their text is encoded
// with the merges that make tokens below limit. It takes the two apart, the later made
// first, and asks at each step whether the tokens at the seam would have been joined.
func (s *search) fits(left, right, limit int32) bool {
	l, r := &s.seams[left], &s.seams[right]
	for {
		if l.asLeft < limit && r.asRight < limit {
			if rank := s.pairs.get(left, right); rank >= 0 && rank+firstMerged < limit {
				return false
			}
		}
		if left > right && left >= firstMerged || right < firstMerged {
			if left < firstMerged {
				return true
			}
			limit, left = left, l.right
			l = &s.seams[left]
		} else {
			limit, right = right+1, r.left
			r = &s.seams[right]
		}
	}
}

const noLimit = 1<<31 - 1

// encode appends the tokens of a piece.
func (s *search) encode(dst []int32, piece string) []int32 {
	token, size := s.trie.longest(piece)
	if size == len(piece) {
		return append(dst, token)
	}
	var small [8]uint64
	dead := small[:] // bit i: no encoding of the piece has a token that ends at i
	if len(piece) >= 64*len(small) {
		dead = make([]uint64, len(piece)/64+1)
	}
	start, at := len(dst), 0
	for {
		last := int32(-1)
		if len(dst) > start {
			last = dst[len(dst)-1]
		}
		for {
			end := at + size
			if dead[end/64]>>(end%64)&1 == 0 && (last < 0 || s.beside(last, token)) {
				dst = append(dst, token)
				at = end
				if at == len(piece) {
					return dst
				}
				token, size = s.trie.longest(piece[at:])
				break
			}
			if token = s.prefix[token]; token < 0 {
				dead[at/64] |= 1 << (at % 64)
				dst = dst[:len(dst)-1]
				token, size = last, int(s.length[last])
				at -= size
				break
			}
			size = int(s.length[token])
		}
	}
}
