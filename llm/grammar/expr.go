package grammar

import "slices"

// The kinds of expressions.
type (
	lit    string // these bytes
	lits   []string
	seq    []expr // one after the other; empty: the empty text
	alt    []expr // any of them; empty: nothing fits
	repeat struct {
		body     *rule // never the empty text
		min, max int   // max may be unbounded
	}
	call struct{ rule *rule }
)

func (l lit) emit(b *builder, next int32) int32 {
	for i := len(l) - 1; i >= 0 && !b.over; i-- {
		next = b.byteRange(l[i], l[i], next)
	}
	return next
}

// emit makes a trie of the literals, so that a thousand of them are one position and not
// a thousand.
func (l lits) emit(b *builder, next int32) int32 {
	sorted := slices.Clone(l)
	slices.Sort(sorted)
	return emitTrie(b, slices.Compact(sorted), 0, next)
}

// emitTrie reads what comes after the first depth bytes of the sorted literals, which
// they have in common.
func emitTrie(b *builder, sorted []string, depth int, next int32) int32 {
	if len(sorted) == 0 {
		return b.table(nil)
	}
	first, last := sorted[0], sorted[len(sorted)-1]
	fork := depth
	for fork < len(first) && fork < len(last) && first[fork] == last[fork] {
		fork++
	}
	if len(sorted) == 1 {
		return lit(first[depth:]).emit(b, next)
	}
	common := lit(first[depth:fork])
	ends := len(first) == fork
	if ends {
		sorted = sorted[1:]
	}
	var edges []edge
	for len(sorted) > 0 {
		c, n := sorted[0][fork], 1
		for n < len(sorted) && sorted[n][fork] == c {
			n++
		}
		edges = append(edges, edge{c, c, emitTrie(b, sorted[:n], fork+1, next)})
		sorted = sorted[n:]
	}
	t := b.table(edges)
	if ends {
		t = b.split(t, next)
	}
	return common.emit(b, t)
}

func (s seq) emit(b *builder, next int32) int32 {
	for i := len(s) - 1; i >= 0 && !b.over; i-- {
		next = s[i].emit(b, next)
	}
	return next
}

func (a alt) emit(b *builder, next int32) int32 {
	var targets []int32
	var words lits
	for _, e := range a {
		if b.over {
			return 0
		}
		if w, ok := e.(lit); ok {
			words = append(words, string(w))
		} else {
			targets = append(targets, e.emit(b, next))
		}
	}
	if len(words) > 0 || len(targets) == 0 {
		targets = append(targets, words.emit(b, next))
	}
	return b.split(targets...)
}

func (r repeat) emit(b *builder, next int32) int32 {
	if r.max == 0 {
		return next
	}
	return b.add(node{op: opLoop, a: b.rule(r.body), b: next, min: int32(r.min), max: int32(min(r.max, unbounded))})
}

func (c call) emit(b *builder, next int32) int32 {
	return b.add(node{op: opCall, a: b.rule(c.rule), b: next})
}

// optional is e or nothing.
func optional(e expr) expr { return alt{e, seq{}} }

// digits is from min to max decimal digits.
func digits(min, max int) expr { return repeat{digit, min, max} }

var digit = &rule{"digit", runes{{'0', '9'}}}
