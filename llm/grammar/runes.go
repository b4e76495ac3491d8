package grammar

import (
	"slices"
	"unicode/utf8"
)

// runes reads one character of any of the ranges, which are sorted and do not overlap,
// as UTF-8 and never as anything else: surrogates and spellings that are too long are
// left out.
type runes []runeRange

type runeRange struct{ lo, hi rune }

// plainRunes are the characters that stand for themselves in every text that this package
// has a limit for: JSON strings, thoughts and code. A token that is made of nothing else
// is allowed wherever there is room for its characters (see slices in vocabulary.go).
var plainRunes = runes{{' ', '!'}, {'#', '['}, {']', '_'}, {'a', '~'}, {0x80, 0x10ffff}}

// plain says whether every plain character is in r.
func (r runes) plain() bool {
	for _, p := range plainRunes {
		if !slices.ContainsFunc(r, func(x runeRange) bool { return x.lo <= p.lo && p.hi <= x.hi }) {
			return false
		}
	}
	return true
}

// has says whether c is in r.
func (r runes) has(c rune) bool {
	for _, x := range r {
		if x.lo <= c && c <= x.hi {
			return true
		}
	}
	return false
}

// sorted returns r in order, with ranges that overlap or touch made one.
func (r runes) sorted() runes {
	r = slices.Clone(r)
	slices.SortFunc(r, func(x, y runeRange) int { return int(x.lo) - int(y.lo) })
	var out runes
	for _, x := range r {
		if n := len(out); n > 0 && x.lo <= out[n-1].hi+1 {
			out[n-1].hi = max(out[n-1].hi, x.hi)
		} else {
			out = append(out, x)
		}
	}
	return out
}

// minus returns r without the characters of s; both are sorted.
func (r runes) minus(s runes) runes {
	var out runes
	for _, x := range r {
		for len(s) > 0 && s[0].hi < x.lo {
			s = s[1:]
		}
		rest := s
		for len(rest) > 0 && rest[0].lo <= x.hi {
			if x.lo < rest[0].lo {
				out = append(out, runeRange{x.lo, rest[0].lo - 1})
			}
			x.lo = rest[0].hi + 1
			rest = rest[1:]
		}
		if x.lo <= x.hi {
			out = append(out, x)
		}
	}
	return out
}

// and returns the characters of both r and s, which are sorted.
func (r runes) and(s runes) runes { return r.minus(r.minus(s)) }

func (r runes) emit(b *builder, next int32) int32 {
	var all []sequence
	for _, x := range r {
		all = appendSequences(all, x.lo, x.hi)
	}
	return emitSequences(b, all, next)
}

// sequence is one to four byte ranges, a character each.
type sequence []edge

// appendSequences adds the byte sequences of the characters from lo to hi.
func appendSequences(dst []sequence, lo, hi rune) []sequence {
	// Cut where the length changes and around the surrogates.
	for _, cut := range []rune{0x7f, 0x7ff, 0xd7ff, 0xdfff, 0xffff} {
		if lo <= cut && cut < hi {
			return appendSequences(appendSequences(dst, lo, cut), cut+1, hi)
		}
	}
	if lo > hi || lo >= 0xd800 && hi <= 0xdfff {
		return dst
	}
	// Cut until the bytes behind the first that differs cover everything they can.
	for i := 1; i < utf8.UTFMax; i++ {
		m := rune(1)<<(6*i) - 1
		if hi > 0x7f && lo&^m != hi&^m {
			if lo&m != 0 {
				return appendSequences(appendSequences(dst, lo, lo|m), (lo|m)+1, hi)
			}
			if hi&m != m {
				return appendSequences(appendSequences(dst, lo, hi&^m-1), hi&^m, hi)
			}
		}
	}
	l, h := utf8.AppendRune(nil, lo), utf8.AppendRune(nil, hi)
	s := make(sequence, len(l))
	for i := range l {
		s[i] = edge{lo: l[i], hi: h[i]}
	}
	return append(dst, s)
}

// emitSequences reads one of the sorted sequences. Their first ranges are equal or do not
// overlap.
func emitSequences(b *builder, all []sequence, next int32) int32 {
	var edges []edge
	for len(all) > 0 {
		if len(all[0]) == 0 {
			return next // all of them end here
		}
		head, n := all[0][0], 0
		var tails []sequence
		for n < len(all) && all[n][0] == head {
			tails = append(tails, all[n][1:])
			n++
		}
		edges = append(edges, edge{head.lo, head.hi, emitSequences(b, tails, next)})
		all = all[n:]
	}
	if len(edges) == 1 {
		return b.byteRange(edges[0].lo, edges[0].hi, edges[0].next)
	}
	return b.table(edges)
}
