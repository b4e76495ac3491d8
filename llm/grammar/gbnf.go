package grammar

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

const (
	maxGBNF      = 1 << 20 // bytes of a grammar
	maxGBNFRules = 1 << 13
)

// GBNF returns the grammar of the texts of the rule root, with the usual limits. See
// Limits.GBNF.
func GBNF(src string) (*Grammar, error) { return Limits{}.GBNF(src) }

// GBNF returns the grammar of the texts of the rule root, in the notation of llama.cpp:
//
//	root   ::= "The " noun ("s" | "") " of " [A-Z] [a-z]{2,9} # a comment
//	noun   ::= "name" | "age"
//
// with "text", [a-z] and [^a-z], . for any character, groups, |, ?, *, +, {n}, {n,} and {n,m}, and
// the escapes \n \r \t \" \\ \[ \] \- \^ \xHH \uHHHH \UHHHHHHHH. Rules may refer to one another and to
// themselves, but not before they have read anything: left recursion is an error.
//
// Source: the README of llama.cpp's grammars. What it has beyond this, such as tokens by their
// number, is an error.
func (l Limits) GBNF(src string) (*Grammar, error) {
	if _, err := l.complete(); err != nil {
		return nil, err
	}
	e, err := readGBNF(src, false)
	if err != nil {
		return nil, err
	}
	g, err := newGrammar(e)
	switch err {
	case errEndless:
		err = errors.New("recursive without end: a rule comes back to itself before it has read anything; write it the other way round")
	case errNothing:
		err = errors.New("no text fits: every way through the rules is without an end")
	}
	if err != nil {
		return nil, fmt.Errorf("grammar: gbnf: %w", err)
	}
	return g, nil
}

// readGBNF returns the texts of the rule root; quoted, as they stand in a JSON string.
func readGBNF(src string, quoted bool) (expr, error) {
	p := &gbnf{
		src: src, quoted: quoted, rules: map[string]*rule{}, lines: map[string]int{},
		users: map[*rule][]*rule{}, empty: map[*rule]bool{}, shortened: map[*rule]*rule{},
	}
	root, err := p.grammar()
	if err != nil {
		return nil, fmt.Errorf("grammar: gbnf: %w", err)
	}
	return call{root}, nil
}

// gbnf reads rules.
type gbnf struct {
	src    string
	pos    int
	depth  int
	quoted bool // texts are to stand in a JSON string

	rules     map[string]*rule
	lines     map[string]int    // where a rule was first used
	current   *rule             // the one that is being read
	users     map[*rule][]*rule // those that a rule stands in
	empty     map[*rule]bool    // rules that have the empty text
	shortened map[*rule]*rule
}

// grammar reads all rules and returns root.
func (p *gbnf) grammar() (*rule, error) {
	if len(p.src) > maxGBNF {
		return nil, fmt.Errorf("%d bytes, want at most %d", len(p.src), maxGBNF)
	}
	if !utf8.ValidString(p.src) {
		return nil, errors.New("not UTF-8")
	}
	for p.space(true); p.pos < len(p.src); p.space(true) {
		if err := p.rule(); err != nil {
			return nil, fmt.Errorf("line %d: %w", p.line(), err)
		}
	}
	for name, r := range p.rules {
		if r.body == nil {
			return nil, fmt.Errorf("line %d: there is no rule %q", p.lines[name], name)
		}
	}
	root := p.rules["root"]
	if root == nil {
		return nil, errors.New(`there is no rule "root", where a text begins`)
	}
	p.findEmpty()
	return root, nil
}

func (p *gbnf) line() int { return 1 + strings.Count(p.src[:min(p.pos, len(p.src))], "\n") }

// space passes over white space and comments, and over line ends if lines is set.
func (p *gbnf) space(lines bool) {
	for p.pos < len(p.src) {
		switch c := p.src[p.pos]; {
		case c == ' ' || c == '\t' || lines && (c == '\n' || c == '\r'):
			p.pos++
		case c == '#':
			for p.pos < len(p.src) && p.src[p.pos] != '\n' {
				p.pos++
			}
		default:
			return
		}
	}
}

func (p *gbnf) peek() byte {
	if p.pos < len(p.src) {
		return p.src[p.pos]
	}
	return 0
}

func (p *gbnf) name() string {
	start := p.pos
	for p.pos < len(p.src) {
		c := p.src[p.pos]
		if c|0x20 < 'a' || c|0x20 > 'z' {
			if (c < '0' || c > '9') && c != '-' && c != '_' {
				break
			}
		}
		p.pos++
	}
	return p.src[start:p.pos]
}

// use returns the rule with the name, which may be read later.
func (p *gbnf) use(name string) (*rule, error) {
	r := p.rules[name]
	if r == nil {
		if len(p.rules) == maxGBNFRules {
			return nil, fmt.Errorf("more than %d rules", maxGBNFRules)
		}
		r = &rule{name: name}
		p.rules[name], p.lines[name] = r, p.line()
	}
	return r, nil
}

func (p *gbnf) rule() error {
	name := p.name()
	if name == "" {
		return fmt.Errorf("found %.20q, want the name of a rule", p.src[p.pos:])
	}
	r, err := p.use(name)
	if err != nil {
		return err
	}
	if r.body != nil {
		return fmt.Errorf("there are two rules %q", name)
	}
	p.space(false)
	if !strings.HasPrefix(p.src[p.pos:], "::=") {
		return fmt.Errorf("rule %q has no ::=", name)
	}
	p.pos += 3
	p.space(true)
	p.current = r
	if r.body, err = p.alternatives(false); err != nil {
		return fmt.Errorf("rule %q: %w", name, err)
	}
	if c := p.peek(); c != 0 && c != '\n' && c != '\r' {
		return fmt.Errorf("rule %q: found %.20q, want its end", name, p.src[p.pos:])
	}
	return nil
}

func (p *gbnf) alternatives(nested bool) (expr, error) {
	if p.depth++; p.depth > maxGroups {
		return nil, fmt.Errorf("more than %d groups inside one another", maxGroups)
	}
	defer func() { p.depth-- }()
	var out alt
	for {
		e, err := p.sequence(nested)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
		if p.peek() != '|' {
			return factored(out), nil
		}
		p.pos++
		p.space(true)
	}
}

func (p *gbnf) sequence(nested bool) (expr, error) {
	out := seq{}
	for {
		e, err := p.item()
		if err != nil {
			return nil, err
		}
		if e == nil {
			return out, nil
		}
		p.space(nested)
		for {
			least, most, ok, err := p.repetition()
			if err != nil {
				return nil, err
			}
			if !ok {
				break
			}
			e = &loop{p: p, body: e, min: least, max: most}
			p.space(nested)
		}
		out = append(out, e)
	}
}

// item reads what can be repeated, or nil at the end of a sequence.
func (p *gbnf) item() (expr, error) {
	switch c := p.peek(); c {
	case '"':
		return p.literal()
	case '[':
		return p.class()
	case '.':
		p.pos++
		return p.one(anyRune), nil
	case '(':
		p.pos++
		p.space(true)
		e, err := p.alternatives(true)
		if err == nil && p.peek() != ')' {
			return nil, errors.New("a ( that is not closed")
		}
		p.pos++
		return e, err
	case '*', '+', '?', '{':
		return nil, fmt.Errorf("a %c with nothing before it to repeat", c)
	case '<', '!':
		return nil, errors.New("tokens by their number are not supported: a grammar here is about text")
	}
	name := p.name()
	if name == "" {
		return nil, nil
	}
	r, err := p.use(name)
	if err != nil {
		return nil, err
	}
	p.users[r] = append(p.users[r], p.current)
	return call{r}, nil
}

func (p *gbnf) repetition() (least, most int, ok bool, err error) {
	switch p.peek() {
	case '*':
		least, most = 0, unbounded
	case '+':
		least, most = 1, unbounded
	case '?':
		least, most = 0, 1
	case '{':
		q := patternParser{src: p.src, pos: p.pos}
		least, most, ok, err = q.braces()
		if err == nil && !ok {
			err = errors.New("a { without its numbers and }")
		}
		p.pos = q.pos
		return least, most, ok, err
	default:
		return 0, 0, false, nil
	}
	p.pos++
	return least, most, true, nil
}
