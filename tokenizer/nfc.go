package tokenizer

import (
	"slices"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// normalize returns s in Unicode's normal form C as the reference makes it. It differs
// from norm.NFC in two ways. It has no stream-safe limit: norm.NFC puts a joiner (U+034F)
// into a run of more than 30 marks. And the reference knows the marks of Unicode 9 only
// (class_table.go), so that it leaves later ones where they are. Bytes that are not UTF-8
// stay, and nothing moves or joins across them.
//
// Source: Unicode Standard Annex #15; the composition algorithm is D117 of the standard,
// section 3.11.
func (c *classTable) normalize(s string) string {
	var out []byte
	done := 0     // bytes of s that out has
	starter := -1 // where the rune before i starts if a mark can join it
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			for i++; i < len(s) && s[i] < utf8.RuneSelf; i++ {
			}
			starter = i - 1
			continue
		}
		r, n := decode(s, i)
		if c.flags(r)&(mark|changing) == 0 {
			starter = i
			if n == 1 { // an invalid byte
				starter = -1
			}
			i += n
			continue
		}
		if starter < 0 {
			starter = i
		}
		end, normal := c.segment(s, i)
		if !normal {
			out = append(out, s[done:starter]...)
			out = c.compose(out, s[starter:end])
			done = end
		}
		i, starter = end, -1
	}
	if out == nil {
		return s
	}
	return string(append(out, s[done:]...))
}

// segment returns the end of the run of marks and changing runes at i, and whether it is
// certainly in normal form already: marks alone, their combining classes ascending.
func (c *classTable) segment(s string, i int) (end int, normal bool) {
	normal = true
	var last uint8
	for end = i; end < len(s); {
		r, n := decode(s, end)
		f := c.flags(r)
		if f&(mark|changing) == 0 {
			break
		}
		switch {
		case f&changing != 0:
			normal = false
		case normal && (end > i || end+n < len(s)): // one mark alone is in order
			k := norm.NFD.PropertiesString(s[end : end+n]).CCC()
			normal = k >= last
			last = k
		}
		end += n
	}
	return end, normal
}

// placed is a rune of a canonical decomposition with its combining class.
type placed struct {
	r   rune
	ccc uint8
}

// compose appends the normal form of a segment: at most one rune that is no mark, then
// marks and changing runes.
func (c *classTable) compose(dst []byte, s string) []byte {
	var buf [32]placed
	runes := buf[:0]
	for _, r := range s {
		d := norm.NFD.PropertiesString(string(r)).Decomposition()
		if d == nil || laterComposite(r) {
			runes = append(runes, placed{r, c.ccc(r)})
			continue
		}
		for _, r := range string(d) {
			runes = append(runes, placed{r, c.ccc(r)})
		}
	}
	for i := 0; i < len(runes); { // marks between starters into the order of their classes
		j := i + 1
		for j < len(runes) && runes[j].ccc > 0 {
			j++
		}
		k := i
		if runes[i].ccc == 0 {
			k++
		}
		slices.SortStableFunc(runes[k:j], func(a, b placed) int { return int(a.ccc) - int(b.ccc) })
		i = j
	}

	starter, kept := -1, 0 // runes[:kept] is the result; runes[starter] is what a mark may join
	for _, p := range runes {
		if starter >= 0 {
			before := runes[kept-1]
			// Nothing between the two may be a starter or have a class as high.
			if free := kept-1 == starter || before.ccc > 0 && before.ccc < p.ccc; free {
				if joined, ok := c.join(runes[starter].r, p.r); ok {
					runes[starter].r = joined
					continue
				}
			}
		}
		if p.ccc == 0 {
			starter = kept
		}
		runes[kept] = p
		kept++
	}
	for _, p := range runes[:kept] {
		dst = utf8.AppendRune(dst, p.r)
	}
	return dst
}

// ccc returns the combining class of a rune.
func (c *classTable) ccc(r rune) uint8 {
	if c.flags(r)&(mark|changing) == 0 {
		return 0
	}
	return norm.NFD.PropertiesString(string(r)).CCC()
}

// join returns the composite of two runes, if there is one.
func (c *classTable) join(a, b rune) (rune, bool) {
	if c.flags(b)&changing == 0 {
		return 0, false
	}
	var in, out [3 * utf8.UTFMax]byte
	pair := utf8.AppendRune(utf8.AppendRune(in[:0], a), b)
	joined := norm.NFC.Append(out[:0], pair...)
	r, n := utf8.DecodeRune(joined)
	return r, n == len(joined)
}

// laterComposite reports whether r has a canonical decomposition since Unicode 10 to 17,
// which the reference does not know.
func laterComposite(r rune) bool {
	switch r {
	case 0x105C9, 0x105E4, 0x11383, 0x11385, 0x1138E, 0x11391, 0x113C5, 0x113C7, 0x113C8, 0x11938,
		0x16121, 0x16122, 0x16123, 0x16124, 0x16125, 0x16126, 0x16127, 0x16128, 0x16D68, 0x16D69, 0x16D6A:
		return true
	}
	return false
}
