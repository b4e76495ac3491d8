package grammar

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// class reads what follows an open bracket.
func (p *patternParser) class() (rx, error) {
	negated := p.next("^")
	if p.next("]") {
		return nil, errors.New(`an empty class; a ] in a class is written \]`)
	}
	var set runes
	for !p.next("]") {
		if p.pos == len(p.src) {
			return nil, errors.New("a [ that is not closed")
		}
		if strings.HasPrefix(p.src[p.pos:], "[:") {
			return nil, errors.New("a class such as [:alpha:] is not supported")
		}
		low, err := p.classItem(negated)
		if err != nil {
			return nil, err
		}
		if len(low) == 1 && low[0].lo == low[0].hi && strings.HasPrefix(p.src[p.pos:], "-") && !strings.HasPrefix(p.src[p.pos:], "-]") {
			p.pos++
			high, err := p.classItem(negated)
			if err != nil {
				return nil, err
			}
			if len(high) != 1 || high[0].lo != high[0].hi || high[0].lo < low[0].lo {
				return nil, fmt.Errorf("a range in a class that starts at %q goes down or has no end", low[0].lo)
			}
			low[0].hi = high[0].hi
		}
		set = append(set, low...)
	}
	set = set.sorted()
	if negated {
		set = anyRune.minus(set)
	}
	return rxSet{set}, nil
}

func (p *patternParser) classItem(negated bool) (runes, error) {
	if !p.next(`\`) {
		if p.pos == len(p.src) {
			return nil, errors.New("a [ that is not closed")
		}
		r := p.rune()
		return runes{{r, r}}, nil
	}
	switch {
	case p.next("b"):
		return runes{{'\b', '\b'}}, nil
	case p.next("-"):
		return runes{{'-', '-'}}, nil
	case negated && p.next("s"): // what is left out has to be left out by all
		return wideSpace, nil
	case negated && p.next("S"):
		return anyRune.minus(narrowSpace), nil
	}
	return p.escape()
}

var (
	anyRune     = runes{{0, 0xd7ff}, {0xe000, 0x10ffff}}
	narrowSpace = runes{{'\t', '\n'}, {'\f', '\r'}, {' ', ' '}}
	wideSpace   = runes{{'\t', '\r'}, {' ', ' '}, {0x85, 0x85}, {0xa0, 0xa0}, {0x1680, 0x1680}, {0x2000, 0x200a}, {0x2028, 0x2029}, {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000}, {0xfeff, 0xfeff}}
	wordRunes   = runes{{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}
	digitRunes  = runes{{'0', '9'}}
)

// escape reads what follows a backslash and stands for characters.
func (p *patternParser) escape() (runes, error) {
	if p.pos == len(p.src) {
		return nil, errors.New(`a \ at the end`)
	}
	one := func(r rune) (runes, error) { return runes{{r, r}}, nil }
	switch c := p.rune(); c {
	case 'd':
		return digitRunes, nil
	case 'D':
		return anyRune.minus(digitRunes), nil
	case 'w':
		return wordRunes, nil
	case 'W':
		return anyRune.minus(wordRunes), nil
	case 's':
		return narrowSpace, nil
	case 'S':
		return anyRune.minus(wideSpace), nil
	case 't':
		return one('\t')
	case 'n':
		return one('\n')
	case 'v':
		return one('\v')
	case 'f':
		return one('\f')
	case 'r':
		return one('\r')
	case '0':
		if p.pos < len(p.src) && p.src[p.pos] >= '0' && p.src[p.pos] <= '9' {
			return nil, errors.New("an octal escape is not supported")
		}
		return one(0)
	case 'c':
		if p.pos < len(p.src) && (p.src[p.pos]|0x20) >= 'a' && (p.src[p.pos]|0x20) <= 'z' {
			p.pos++
			return one(rune(p.src[p.pos-1] & 0x1f))
		}
		return nil, errors.New(`\c without a letter`)
	case 'x':
		r, err := p.hexadecimal(2)
		if err != nil {
			return nil, err
		}
		return one(r)
	case 'u':
		r, err := p.unicodeEscape()
		if err != nil {
			return nil, err
		}
		return one(r)
	case 'p', 'P':
		set, err := p.property()
		if c == 'P' && err == nil {
			set = anyRune.minus(set)
		}
		return set, err
	default:
		if c < 0x80 && (c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z') {
			return nil, fmt.Errorf(`unknown escape \%c`, c)
		}
		return one(c)
	}
}

func (p *patternParser) hexadecimal(n int) (rune, error) {
	if p.pos+n > len(p.src) {
		return 0, errors.New("an escape that is cut off")
	}
	x, err := strconv.ParseUint(p.src[p.pos:p.pos+n], 16, 32)
	if err != nil {
		return 0, fmt.Errorf("the escape %q, want %d hexadecimal digits", p.src[p.pos:p.pos+n], n)
	}
	p.pos += n
	return rune(x), nil
}

func (p *patternParser) unicodeEscape() (rune, error) {
	var r rune
	var err error
	if p.next("{") {
		end := strings.IndexByte(p.src[p.pos:], '}')
		if end < 1 || end > 6 {
			return 0, errors.New(`a \u{ without its digits and }`)
		}
		if r, err = p.hexadecimal(end); err != nil {
			return 0, err
		}
		p.pos++
	} else if r, err = p.hexadecimal(4); err != nil {
		return 0, err
	} else if utf16.IsSurrogate(r) && p.next(`\u`) {
		low, err := p.hexadecimal(4)
		if err != nil {
			return 0, err
		}
		if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
			r = -1
		}
	}
	if !utf8.ValidRune(r) {
		return 0, errors.New("an escape that is no character")
	}
	return r, nil
}

// property reads the name of a set of characters, as in \p{L} and \p{Script=Greek}.
func (p *patternParser) property() (runes, error) {
	end := strings.IndexByte(p.src[p.pos:], '}')
	if !strings.HasPrefix(p.src[p.pos:], "{") || end < 0 {
		return nil, errors.New(`a \p without a name in braces`)
	}
	name := p.src[p.pos+1 : p.pos+end]
	category := func(name string) *unicode.RangeTable {
		if short, ok := unicode.CategoryAliases[name]; ok {
			name = short
		}
		return unicode.Categories[name]
	}
	var table *unicode.RangeTable
	switch kind, value, ok := strings.Cut(name, "="); {
	case !ok:
		table = category(name)
	case kind == "Script" || kind == "sc":
		table = unicode.Scripts[value]
	case kind == "General_Category" || kind == "gc":
		table = category(value)
	}
	if table == nil {
		return nil, fmt.Errorf(`unsupported \p{%.40s}, want a category such as L, Lu or Letter, or Script=NAME`, name)
	}
	p.pos += end + 1
	var out runes
	add := func(lo, hi, stride rune) {
		if stride == 1 {
			out = append(out, runeRange{lo, hi})
			return
		}
		for r := lo; r <= hi; r += stride {
			out = append(out, runeRange{r, r})
		}
	}
	for _, r := range table.R16 {
		add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
	}
	for _, r := range table.R32 {
		add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
	}
	return anyRune.and(out.sorted()), nil
}
