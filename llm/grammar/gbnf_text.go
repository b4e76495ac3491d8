package grammar

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

func (p *gbnf) literal() (expr, error) {
	var b strings.Builder
	for p.pos++; ; {
		switch p.peek() {
		case 0, '\n', '\r':
			return nil, errors.New(`a " that is not closed`)
		case '"':
			p.pos++
			if p.quoted {
				return lit(escape(b.String())), nil
			}
			return lit(b.String()), nil
		}
		r, err := p.character()
		if err != nil {
			return nil, err
		}
		b.WriteRune(r)
	}
}

func (p *gbnf) class() (expr, error) {
	p.pos++
	negated := p.peek() == '^'
	if negated {
		p.pos++
	}
	var set runes
	for p.peek() != ']' {
		if c := p.peek(); c == 0 || c == '\n' {
			return nil, errors.New("a [ that is not closed")
		}
		lo, err := p.character()
		if err != nil {
			return nil, err
		}
		hi := lo
		if p.peek() == '-' && !strings.HasPrefix(p.src[p.pos:], "-]") {
			p.pos++
			if hi, err = p.character(); err != nil {
				return nil, err
			}
		}
		if hi < lo {
			return nil, fmt.Errorf("the range %q-%q goes down", lo, hi)
		}
		set = append(set, runeRange{lo, hi})
	}
	p.pos++
	set = set.sorted()
	if negated {
		return p.one(anyRune.minus(set)), nil
	}
	return p.one(anyRune.and(set)), nil
}

// one is one character of a set.
func (p *gbnf) one(set runes) expr {
	if !p.quoted {
		return set
	}
	return alt{set.and(unescaped), set.escaped()}
}

// character reads one character, escaped or not.
func (p *gbnf) character() (rune, error) {
	r, n := utf8.DecodeRuneInString(p.src[p.pos:])
	p.pos += n
	if r != '\\' {
		return r, nil
	}
	c := p.peek()
	if c == 0 {
		return 0, errors.New(`a \ at the end`)
	}
	p.pos++
	digits := 0
	switch c {
	case 'n':
		return '\n', nil
	case 'r':
		return '\r', nil
	case 't':
		return '\t', nil
	case '"', '\\', '[', ']', '-', '^':
		return rune(c), nil
	case 'x':
		digits = 2
	case 'u':
		digits = 4
	case 'U':
		digits = 8
	default:
		return 0, fmt.Errorf(`unknown escape \%c`, c)
	}
	if p.pos+digits > len(p.src) {
		return 0, errors.New("an escape that is cut off")
	}
	x, err := strconv.ParseUint(p.src[p.pos:p.pos+digits], 16, 32)
	if err != nil || !utf8.ValidRune(rune(x)) {
		return 0, fmt.Errorf("the escape \\%c%s is no character", c, p.src[p.pos:p.pos+digits])
	}
	p.pos += digits
	return rune(x), nil
}
