package tokenizer

import "unicode/utf8"

// next returns where the piece that starts at byte i of s ends; i < len(s). Pieces are
// the matches of the pre-tokenizer of Qwen, Qwen2, Qwen2.5 and Qwen3, written by hand
// because Go's regexp has no look-ahead:
//
//	(?i:'s|'t|'re|'ve|'m|'ll|'d) | [^\r\n\p{L}\p{N}]?\p{L}+ | \p{N} |
//	 ?[^\s\p{L}\p{N}]+[\r\n]* | \s*[\r\n]+ | \s+(?!\S) | \s+
//
// The first alternative that matches is taken, each as long as it can be.
func (c *classTable) next(s string, i int) int {
	kind, n := c.at(s, i)
	j := i + n
	switch kind {
	case letter:
		return c.run(s, j, letter)
	case number:
		return j
	case line:
		return c.blank(s, i)
	}
	if s[i] == '\'' {
		if end := contraction(s, i); end > 0 {
			return end
		}
	}
	if j == len(s) {
		return j
	}
	follows, m := c.at(s, j)
	switch {
	case follows == letter: // one rune in front of the letters belongs to them
		return c.run(s, j+m, letter)
	case kind == space && (s[i] != ' ' || follows != other):
		return c.blank(s, i)
	}
	j = c.run(s, j, other) // kind is other, or it is the one space in front
	for j < len(s) && (s[j] == '\r' || s[j] == '\n') {
		j++
	}
	return j
}

// at returns the class and length of the rune at byte i. Invalid bytes are other, one by one.
func (c *classTable) at(s string, i int) (class, int) {
	if b := s[i]; b < utf8.RuneSelf {
		return c.ascii[b], 1
	}
	r, n := decode(s, i)
	return c.of(r), n
}

// run returns the end of the run of one class that starts or goes on at i.
func (c *classTable) run(s string, i int, kind class) int {
	for i < len(s) {
		if b := s[i]; b < utf8.RuneSelf {
			if c.ascii[b] != kind {
				break
			}
			i++
			continue
		}
		r, n := decode(s, i)
		if c.of(r) != kind {
			break
		}
		i += n
	}
	return i
}

// decode is utf8.DecodeRuneInString(s[i:]), with a shorter way for U+1000 to U+CFFF:
// Chinese, Japanese and most of Korean.
func decode(s string, i int) (rune, int) {
	if i+2 < len(s) && s[i]-0xE1 <= 0xEC-0xE1 {
		if b, d := s[i+1]^0x80, s[i+2]^0x80; b|d < 0x40 {
			return rune(s[i]&0x0F)<<12 | rune(b)<<6 | rune(d), 3
		}
	}
	return utf8.DecodeRuneInString(s[i:])
}

// blank returns the end of the piece that starts with the white space at i, when no
// earlier alternative wants that. A run is cut after its last line end; one without is
// cut before its last rune if something follows, unless that is all of it.
func (c *classTable) blank(s string, i int) int {
	end, last, cut := i, i, 0
	for end < len(s) {
		k, n := c.at(s, end)
		if k < space {
			break
		}
		last = end
		end += n
		if k == line {
			cut = end
		}
	}
	switch {
	case cut > 0:
		return cut
	case end < len(s) && last > i:
		return last
	}
	return end
}

// contraction returns the end of 's, 't, 're, 've, 'm, 'll or 'd in any case at i, or 0.
// The long s (U+017F) is an s in another case.
func contraction(s string, i int) int {
	if i+1 >= len(s) {
		return 0
	}
	switch s[i+1] | 0x20 {
	case 's', 't', 'm', 'd':
		return i + 2
	case 'r', 'v', 'l':
		if i+2 < len(s) {
			a, b := s[i+1]|0x20, s[i+2]|0x20
			if b == 'e' && a != 'l' || a == 'l' && b == 'l' {
				return i + 3
			}
		}
		return 0
	}
	if i+2 < len(s) && s[i+1:i+3] == "ſ" {
		return i + 3
	}
	return 0
}
