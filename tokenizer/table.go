package tokenizer

import "math/bits"

// pairTable maps a pair of token ids to the rank of the merge that joins them: open
// addressing, one word an entry, so that a look-up touches one cache line.
type pairTable struct {
	slots []uint64 // left<<42 | right<<21 | rank; pairEmpty if free
	shift uint
}

const (
	idBits    = 21 // maxTokens
	idMask    = 1<<idBits - 1
	pairEmpty = ^uint64(0)

	// golden is 2^64 divided by the golden ratio: Fibonacci hashing (Knuth, The Art of
	// Computer Programming, volume 3, section 6.4) takes the top bits of key*golden.
	golden = 0x9E3779B97F4A7C15
)

func newPairTable(n int) pairTable {
	size := bits.Len(uint(max(4, 2*n))) // at most half full, so that a miss ends soon
	p := pairTable{slots: make([]uint64, 1<<size), shift: uint(64 - size)}
	for i := range p.slots {
		p.slots[i] = pairEmpty
	}
	return p
}

// put keeps the rank that is there already.
func (p *pairTable) put(left, right, rank int32) {
	key := uint64(left)<<idBits | uint64(right)
	mask := uint64(len(p.slots) - 1)
	for i := key * golden >> p.shift; ; i = (i + 1) & mask {
		if p.slots[i] == pairEmpty {
			p.slots[i] = key<<idBits | uint64(rank)
			return
		}
		if p.slots[i]>>idBits == key {
			return
		}
	}
}

// get returns the rank of the merge of left and right, or -1.
func (p *pairTable) get(left, right int32) int32 {
	key := uint64(left)<<idBits | uint64(right)
	mask := uint64(len(p.slots) - 1)
	for i := key * golden >> p.shift; ; i = (i + 1) & mask {
		slot := p.slots[i&mask]
		if slot>>idBits == key {
			return int32(slot & idMask)
		}
		if slot == pairEmpty {
			return -1
		}
	}
}

// textTable maps the bytes of a text token to its id: open addressing over ids, with
// bits of the hash beside each so that other tokens are seldom looked at.
type textTable struct {
	t     *Tokenizer
	slots []uint64 // hash<<32 | id+1; 0 if free
	shift uint
}

func newTextTable(t *Tokenizer) textTable {
	size := bits.Len(uint(2 * len(t.types)))
	return textTable{t: t, slots: make([]uint64, 1<<size), shift: uint(64 - size)}
}

func hashBytes(s []byte) uint64 {
	h := uint64(len(s)) * golden
	for ; len(s) >= 8; s = s[8:] {
		h = (h ^ le64(s)) * golden
		h ^= h >> 32
	}
	var tail uint64
	for i, c := range s {
		tail |= uint64(c) << (8 * i)
	}
	h = (h ^ tail) * golden
	h ^= h >> 29
	return h * golden
}

func le64(s []byte) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// find returns the slot of s: the one that has it, or the free one where it belongs.
func (x *textTable) find(s []byte, h uint64) uint64 {
	mask := uint64(len(x.slots) - 1)
	for i := h >> x.shift; ; i = (i + 1) & mask {
		slot := x.slots[i]
		if slot == 0 || slot>>32 == h&0xFFFFFFFF && string(x.t.Token(int32(uint32(slot)-1))) == string(s) {
			return i
		}
	}
}

// put adds s unless it is there; it returns the id that s had, or -1.
func (x *textTable) put(s []byte, id int32) int32 {
	h := hashBytes(s)
	i := x.find(s, h)
	if old := x.slots[i]; old != 0 {
		return int32(uint32(old) - 1)
	}
	x.slots[i] = h<<32 | uint64(uint32(id)+1)
	return -1
}

// get returns the id of s, or -1.
func (x *textTable) get(s []byte) int32 {
	return int32(uint32(x.slots[x.find(s, hashBytes(s))])) - 1
}
