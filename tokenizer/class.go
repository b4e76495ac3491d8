package tokenizer

import "sync"

// class is what the pre-tokenizer sees of a rune.
type class = uint8

const (
	other  class = iota // neither of the others: marks, punctuation, symbols, unassigned
	letter              // \p{L}
	number              // \p{N}
	space               // \s, line ends excepted
	line                // \r and \n

	classMask = 0x0F

	// Flags beside the class, for normal form C.
	mark     = 0x10 // has a combining class, so that it may have to move
	changing = 0x20 // may be replaced, or joined to what comes before
)

// classTable has the class of every rune in two steps. Most pages of 256 runes are alike,
// so that the whole takes some 30 KB.
type classTable struct {
	ascii [256]class   // of a byte below 0x80
	page  [0x1100]byte // by rune>>8: which block
	block [][256]class
}

// of returns the class of a rune from DecodeRune; an invalid byte is U+FFFD: other.
func (c *classTable) of(r rune) class { return c.flags(r) & classMask }

// flags returns the class of a rune and its flags for normal form C.
func (c *classTable) flags(r rune) class {
	return c.block[c.page[uint32(r)>>8]][uint8(r)]
}

// classesOnce makes the table when the first tokenizer is built.
var classesOnce = sync.OnceValue(func() *classTable {
	all := make([]class, 0x110000)
	for _, set := range []struct {
		ranges []rune
		class  class
	}{
		{letterRanges[:], letter}, {numberRanges[:], number}, {spaceRanges[:], space},
		{markRanges[:], mark}, {changingRanges[:], changing},
	} {
		for i := 0; i < len(set.ranges); i += 2 {
			for r := set.ranges[i]; r <= set.ranges[i+1]; r++ {
				all[r] |= set.class
			}
		}
	}
	all['\r'], all['\n'] = line, line

	c := new(classTable)
	copy(c.ascii[:], all[:0x80])
	seen := map[[256]class]byte{}
	for p := range c.page {
		b := [256]class(all[p<<8:])
		n, ok := seen[b]
		if !ok {
			n = byte(len(c.block)) // fewer than 200 kinds of pages
			seen[b] = n
			c.block = append(c.block, b)
		}
		c.page[p] = n
	}
	return c
})
