package grammar

import (
	"bytes"
	"slices"
	"unicode/utf8"
)

// Vocabulary is the tokens of a model, laid out so that the ones that fit can be found
// together. It is built once a model and may be used by several goroutines.
type Vocabulary struct {
	tokens  [][]byte
	longest int // bytes of the longest token

	all  trie // every token
	rest trie // those that are not plain

	// A token of plain characters only is allowed inside a string exactly if there is room
	// for its characters, so these are not walked: upTo[r] is the mask of those with at most
	// r characters, and long has the others, the shorter first.
	upTo [plainUpTo + 1][]uint64
	long []longToken
}

// plainUpTo is the number of characters up to which there is a mask of plain tokens.
const plainUpTo = 24

type longToken struct {
	id    int32
	runes int
}

// trie is the tokens in the order of their bytes, as a tree in preorder: a node's
// children follow it.
type trie struct {
	nodes []trieNode // the last one is only the end of the one before
	order []int32    // the tokens, sorted
}

type trieNode struct {
	skip  int32  // the first node that is not below this one
	first int32  // the tokens that end here are order[first : first of the next node]
	depth uint32 // bytes from the root, at least 1
	b     byte
}

// NewVocabulary takes the bytes of every token, in the order of their numbers. A nil or
// empty token is never allowed: that is for those which are not text. The bytes must not
// change afterwards.
func NewVocabulary(tokens [][]byte) *Vocabulary {
	v := &Vocabulary{tokens: tokens}
	var all, rest []int32
	broken := make([]uint64, v.words()) // the tokens that are not plain
	for r := range v.upTo {
		v.upTo[r] = make([]uint64, v.words())
	}
	for i, t := range tokens {
		if len(t) == 0 {
			continue
		}
		id := int32(i)
		v.longest = max(v.longest, len(t))
		all = append(all, id)
		switch r, ok := plainLength(t); {
		case !ok:
			setBit(broken, id)
		case r > plainUpTo:
			v.long = append(v.long, longToken{id, r})
		default:
			setBit(v.upTo[r], id)
		}
	}
	for r := 1; r < len(v.upTo); r++ {
		for w := range v.upTo[r] {
			v.upTo[r][w] |= v.upTo[r-1][w]
		}
	}
	slices.SortStableFunc(v.long, func(a, b longToken) int { return a.runes - b.runes })
	slices.SortFunc(all, func(x, y int32) int {
		if c := bytes.Compare(tokens[x], tokens[y]); c != 0 {
			return c
		}
		return int(x - y)
	})
	for _, id := range all {
		if broken[id>>6]>>(id&63)&1 == 1 {
			rest = append(rest, id)
		}
	}
	v.all, v.rest = newTrie(tokens, all), newTrie(tokens, rest)
	return v
}

// Len returns the number of tokens, the ones that are never allowed included.
func (v *Vocabulary) Len() int { return len(v.tokens) }

// words returns the length of a mask.
func (v *Vocabulary) words() int { return (len(v.tokens) + 63) / 64 }

func setBit(mask []uint64, id int32) { mask[id>>6] |= 1 << (id & 63) }

// plainLength counts the characters of t; it is false if one of them is not plain, or t
// is not UTF-8.
func plainLength(t []byte) (int, bool) {
	n := 0
	for len(t) > 0 {
		r, size := utf8.DecodeRune(t)
		if r == utf8.RuneError && size <= 1 || !plainRunes.has(r) {
			return 0, false
		}
		t = t[size:]
		n++
	}
	return n, true
}

// newTrie returns the trie of the tokens with the numbers ids, which are sorted by their
// bytes.
func newTrie(tokens [][]byte, ids []int32) trie {
	t := trie{order: ids}
	var path []int32 // the nodes from the root to the last one
	var last []byte
	for i, id := range ids {
		b := tokens[id]
		common := 0
		for common < len(last) && common < len(b) && last[common] == b[common] {
			common++
		}
		for _, n := range path[common:] {
			t.nodes[n].skip = int32(len(t.nodes))
		}
		path = path[:common]
		for depth := common; depth < len(b); depth++ {
			path = append(path, int32(len(t.nodes)))
			t.nodes = append(t.nodes, trieNode{first: int32(i), depth: uint32(depth + 1), b: b[depth]})
		}
		last = b
	}
	for _, n := range path {
		t.nodes[n].skip = int32(len(t.nodes))
	}
	t.nodes = append(t.nodes, trieNode{first: int32(len(ids))})
	return t
}
