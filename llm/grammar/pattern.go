package grammar

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	maxPattern = 1 << 16 // bytes of a regular expression
	maxGroups  = 200     // groups inside one another in it
	maxRepeat  = 1 << 16 // of one thing in it
)

// The parts of a regular expression.
type (
	rxSet    struct{ runes } // one character of these
	rxSeq    []rx
	rxAlt    []rx
	rxRepeat struct {
		body     rx
		min, max int // max may be unbounded
	}
	rxBegin struct{} // the beginning of the text
	rxEnd   struct{} // its end
)

type rx interface{ isRx() }

func (rxSet) isRx()    {}
func (rxSeq) isRx()    {}
func (rxAlt) isRx()    {}
func (rxRepeat) isRx() {}
func (rxBegin) isRx()  {}
func (rxEnd) isRx()    {}

// patternParser reads the regular expressions of ECMA-262 with the flag u, which are those
// of JSON Schema. What no automaton has (assertions but ^ and $, back references) is an
// error, and so is what other kinds of regular expressions read as something else, such as
// \A and [[:alpha:]]. Where kinds differ in which characters \s and . have, those are read
// that all have, and \S has those that no \s has.
type patternParser struct {
	src   string
	pos   int
	depth int
}

// parsePattern reads a regular expression.
func parsePattern(src string) (rx, error) {
	if len(src) > maxPattern {
		return nil, fmt.Errorf("%d bytes, want at most %d", len(src), maxPattern)
	}
	if !utf8.ValidString(src) {
		return nil, errors.New("not UTF-8")
	}
	p := &patternParser{src: src}
	e, err := p.alternatives()
	if err == nil && p.pos < len(src) {
		err = errors.New("a ) that closes nothing")
	}
	if err != nil {
		return nil, fmt.Errorf("%w, at byte %d", err, p.pos)
	}
	return e, nil
}

// next reports whether the source goes on with s, and takes it if so.
func (p *patternParser) next(s string) bool {
	if strings.HasPrefix(p.src[p.pos:], s) {
		p.pos += len(s)
		return true
	}
	return false
}

func (p *patternParser) rune() rune {
	r, n := utf8.DecodeRuneInString(p.src[p.pos:])
	p.pos += n
	return r
}

func (p *patternParser) alternatives() (rx, error) {
	if p.depth++; p.depth > maxGroups {
		return nil, fmt.Errorf("more than %d groups inside one another", maxGroups)
	}
	defer func() { p.depth-- }()
	var out rxAlt
	for {
		s, err := p.sequence()
		if err != nil {
			return nil, err
		}
		out = append(out, s)
		if !p.next("|") {
			break
		}
	}
	if len(out) == 1 {
		return out[0], nil
	}
	return out, nil
}

func (p *patternParser) sequence() (rx, error) {
	var out rxSeq
	for p.pos < len(p.src) && p.src[p.pos] != '|' && p.src[p.pos] != ')' {
		start := p.pos
		e, err := p.term()
		if err != nil {
			return nil, err
		}
		least, most, ok, err := p.quantifier()
		if err != nil {
			return nil, err
		}
		if ok {
			switch e.(type) {
			case rxBegin, rxEnd:
				p.pos = start
				return nil, errors.New("an anchor cannot be repeated")
			}
			e = rxRepeat{e, least, most}
			p.next("?") // which match is found first makes no difference to what matches
			if _, _, twice, _ := p.quantifier(); twice {
				return nil, errors.New("a repetition of a repetition: put the first in a group")
			}
		}
		out = append(out, e)
	}
	return out, nil
}

// quantifier reads *, +, ?, {n}, {n,} or {n,m}.
func (p *patternParser) quantifier() (least, most int, ok bool, err error) {
	switch {
	case p.next("*"):
		return 0, unbounded, true, nil
	case p.next("+"):
		return 1, unbounded, true, nil
	case p.next("?"):
		return 0, 1, true, nil
	}
	return p.braces()
}

func (p *patternParser) braces() (least, most int, ok bool, err error) {
	if p.pos == len(p.src) || p.src[p.pos] != '{' {
		return 0, 0, false, nil
	}
	end := strings.IndexByte(p.src[p.pos:], '}')
	if end < 0 {
		return 0, 0, false, nil
	}
	low, high, comma := strings.Cut(p.src[p.pos+1:p.pos+end], ",")
	number := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
	if !number(low) || comma && high != "" && !number(high) {
		return 0, 0, false, nil // a brace that means itself
	}
	least, err = strconv.Atoi(low)
	most = least
	if comma && err == nil {
		most = unbounded
		if high != "" {
			most, err = strconv.Atoi(high)
		}
	}
	switch {
	case low[0] == '0' && low != "0" || high != "" && high[0] == '0' && high != "0": // regexp takes it for characters
		return 0, 0, false, fmt.Errorf("the repetition %s with a zero in front", p.src[p.pos:p.pos+end+1])
	case err != nil || least > maxRepeat || most > maxRepeat && most != unbounded:
		return 0, 0, false, fmt.Errorf("the repetition %s, want at most %d", p.src[p.pos:p.pos+end+1], maxRepeat)
	case most < least:
		return 0, 0, false, fmt.Errorf("the repetition %s goes down", p.src[p.pos:p.pos+end+1])
	}
	p.pos += end + 1
	return least, most, true, nil
}

func (p *patternParser) term() (rx, error) {
	switch {
	case p.next("^"):
		return rxBegin{}, nil
	case p.next("$"):
		return rxEnd{}, nil
	case p.next("."):
		return rxSet{anyRune.minus(runes{{'\n', '\n'}, {'\r', '\r'}, {0x2028, 0x2029}})}, nil
	case p.next("["):
		return p.class()
	case p.next("("):
		return p.group()
	case p.next(`\`):
		if p.pos == len(p.src) {
			return nil, errors.New(`a \ at the end`)
		}
		switch c := p.src[p.pos]; {
		case c == 'b' || c == 'B':
			return nil, fmt.Errorf(`\%c, a word boundary, is not supported`, c)
		case c >= '1' && c <= '9' || c == 'k':
			return nil, fmt.Errorf(`\%c, a back reference, is not supported: no grammar has it`, c)
		}
		set, err := p.escape()
		return rxSet{set}, err
	case strings.IndexByte("*+?", p.src[p.pos]) >= 0:
		return nil, fmt.Errorf("a %c with nothing before it to repeat", p.src[p.pos])
	}
	if _, _, ok, _ := p.braces(); ok {
		return nil, errors.New("a repetition with nothing before it")
	}
	r := p.rune()
	return rxSet{runes{{r, r}}}, nil
}

// group reads what follows an open parenthesis.
func (p *patternParser) group() (rx, error) {
	if p.next("?") {
		switch {
		case p.next(":"):
		case p.next("="), p.next("!"), p.next("<="), p.next("<!"):
			return nil, errors.New("lookahead and lookbehind are not supported: write what is allowed, or add a second pattern with allOf")
		case p.next("<"), p.next("P<"):
			end := strings.IndexByte(p.src[p.pos:], '>')
			if end <= 0 {
				return nil, errors.New("a group's name without its end")
			}
			p.pos += end + 1
		default:
			return nil, errors.New("flags in a pattern are not supported")
		}
	}
	e, err := p.alternatives()
	if err == nil && !p.next(")") {
		err = errors.New("a ( that is not closed")
	}
	return rxSeq{e}, err
}
