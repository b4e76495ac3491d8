package calc

import (
	"fmt"
	"math/big"
	"strings"
)

// parser calculates while it reads. Every rule returns a value; sum's operands also say
// whether they are a bare percentage.
type parser struct {
	tokens []token // the last one is the end
	i      int
	depth  int
}

func (p *parser) peek() token    { return p.tokens[p.i] }
func (p *parser) at(k kind) bool { return p.peek().kind == k }

func (p *parser) accept(signs ...string) (string, bool) {
	for _, s := range signs {
		if p.peek().is(s) {
			p.i++
			return s, true
		}
	}
	return "", false
}

func (p *parser) enter() error {
	if p.depth++; p.depth > maxDepth {
		return fmt.Errorf("the expression is nested more than %d deep: calculate it in parts", maxDepth)
	}
	return nil
}

// sum := product { ("+" | "-") product }
func (p *parser) sum() (value, bool, error) {
	if err := p.enter(); err != nil {
		return value{}, false, err
	}
	defer func() { p.depth-- }()
	left, percent, err := p.product()
	for err == nil {
		op, ok := p.accept("+", "-")
		if !ok {
			break
		}
		var right value
		var ofLeft bool
		if right, ofLeft, err = p.product(); err != nil {
			break
		}
		if ofLeft && !percent && !left.isList { // 2340 + 10%
			if right, err = binary("*", left, right); err != nil {
				break
			}
		}
		left, err = binary(op, left, right)
		percent = percent && ofLeft // 10% + 5% is 15%
	}
	return left, percent, err
}

// product := share { ("*" | "/" | "//" | "%" | "of") share }
func (p *parser) product() (value, bool, error) {
	left, percent, err := p.share()
	for err == nil {
		op, ok := p.accept("*", "/", "//", "%", "of")
		if !ok {
			break
		}
		if op == "of" { // 1/4 of 200
			op = "*"
		}
		var right value
		if right, _, err = p.share(); err != nil {
			break
		}
		left, err = binary(op, left, right)
		percent = false
	}
	return left, percent, err
}

// share := signed [ "of" signed ], where a percentage holds its "of" more closely than "/"
func (p *parser) share() (value, bool, error) {
	left, percent, err := p.signed()
	if err != nil || !percent {
		return left, false, err
	}
	if _, ok := p.accept("of"); !ok {
		return left, true, nil
	}
	right, _, err := p.signed()
	if err != nil {
		return value{}, false, err
	}
	left, err = binary("*", left, right)
	return left, false, err
}

// signed := ("-" | "+") signed | power
func (p *parser) signed() (value, bool, error) {
	op, ok := p.accept("-", "+")
	if !ok {
		return p.power()
	}
	if err := p.enter(); err != nil {
		return value{}, false, err
	}
	defer func() { p.depth-- }()
	v, percent, err := p.signed()
	if err == nil && op == "-" {
		v, err = binary("-", value{num: new(big.Rat)}, v)
	}
	return v, percent, err
}

// power := percent [ "^" signed ]
func (p *parser) power() (value, bool, error) {
	base, percent, err := p.percent()
	if err != nil {
		return value{}, false, err
	}
	if _, ok := p.accept("^"); !ok {
		return base, percent, nil
	}
	exponent, _, err := p.signed()
	if err != nil {
		return value{}, false, err
	}
	v, err := power(base, exponent)
	return v, false, err
}

// percent := primary [ "%" | "percent" ], where "%" before an operand is left to product
func (p *parser) percent() (value, bool, error) {
	v, err := p.primary()
	if err != nil {
		return value{}, false, err
	}
	t := p.peek()
	isPercent := t.kind == word && strings.EqualFold(t.text, "percent")
	if t.is("%") {
		after := p.tokens[p.i+1]
		operand := after.kind == number || after.kind == quoted || after.is("(") || after.is("[") || after.kind == word && !after.is("of")
		isPercent = !operand
	}
	if !isPercent {
		return v, false, nil
	}
	p.i++
	v, err = binary("/", v, value{num: big.NewRat(100, 1)})
	return v, true, err
}

// primary := number | quoted | "(" sum ")" | list | name "(" arguments ")" | constant
func (p *parser) primary() (value, error) {
	t := p.peek()
	switch {
	case t.kind == number:
		p.i++
		return value{num: t.num}, nil
	case t.kind == quoted:
		if err := p.enter(); err != nil {
			return value{}, err
		}
		p.i++
		v, err := eval(t.text, p.depth)
		p.depth--
		return v, err
	case t.is("("), t.is("["):
		p.i++
		closing := map[string]string{"(": ")", "[": "]"}[t.text]
		list, err := p.elements(closing)
		if err != nil {
			return value{}, err
		}
		if t.text == "(" && len(list) == 1 {
			return list[0], nil
		}
		if t.text == "(" && len(list) == 0 {
			return value{}, fmt.Errorf(`cannot read "()" at character %d: there is nothing between the brackets`, t.at)
		}
		return value{list: list, isList: true}, nil
	case t.kind == word:
		return p.name(t)
	}
	return value{}, p.surprise()
}

// elements reads values up to a closing bracket; a comma may stand before it.
func (p *parser) elements(closing string) ([]value, error) {
	list := []value{}
	for {
		if _, ok := p.accept(closing); ok {
			return list, nil
		}
		v, _, err := p.sum()
		if err != nil {
			return nil, err
		}
		list = append(list, v)
		if _, ok := p.accept(closing); ok {
			return list, nil
		}
		if _, ok := p.accept(","); !ok {
			if p.at(end) {
				return nil, fmt.Errorf("a %q is missing at the end", closing)
			}
			return nil, p.surprise()
		}
	}
}

// name reads a call of a function, or a constant.
func (p *parser) name(t token) (value, error) {
	name := strings.ToLower(t.text)
	for _, module := range []string{"math.", "np.", "numpy.", "statistics."} {
		name = strings.TrimPrefix(name, module)
	}
	if name == "pi" || name == "π" {
		p.i++
		return value{num: pi, rounded: true}, nil
	}
	f, known := functions[name]
	if !p.tokens[p.i+1].is("(") {
		if known {
			return value{}, fmt.Errorf("cannot read %q at character %d: its numbers stand in brackets, as in %s(1, 2, 3)", t.text, t.at, name)
		}
		return value{}, unknownWord(t)
	}
	if !known {
		return value{}, fmt.Errorf("cannot read %s at character %d: the functions are %s", short(t.text), t.at, functionNames())
	}
	p.i += 2
	if err := p.enter(); err != nil {
		return value{}, err
	}
	arguments, err := p.elements(")")
	p.depth--
	if err != nil {
		return value{}, err
	}
	v, err := f(arguments)
	if err != nil {
		return value{}, fmt.Errorf("%s: %w", name, err)
	}
	return v, nil
}

// unknownWord is the error of a name. It says what was measured to lead small models from
// sum(amount) to the numbers of the table that they have read; an example of a right call
// does not, since they copy its numbers.
func unknownWord(t token) error {
	switch strings.ToLower(t.text) {
	case "and", "or", "not":
		return fmt.Errorf("cannot read %q at character %d: nothing is decided here, calculate one number", t.text, t.at)
	}
	return fmt.Errorf("cannot read %s at character %d: calc sees no files and no names. Put the numbers from the results above into expr", short(t.text), t.at)
}

// surprise is the error of a token that cannot stand where it stands.
func (p *parser) surprise() error {
	t := p.peek()
	switch {
	case t.kind == end && p.i == 0:
		return fmt.Errorf("the expression is empty")
	case t.kind == end:
		return fmt.Errorf("the expression ends after %q: a number is missing there", p.tokens[p.i-1].text)
	case t.kind == word:
		return unknownWord(t)
	case t.is("="):
		return fmt.Errorf(`cannot read "=" at character %d: write only the expression, without its result`, t.at)
	case t.is(","):
		return fmt.Errorf(`cannot read "," at character %d: a list stands in brackets, as in sum([1, 2, 3]), and decimals have a point`, t.at)
	case t.is(")"), t.is("]"):
		return fmt.Errorf("cannot read %q at character %d: no bracket is open there that it closes", t.text, t.at)
	case p.i > 0 && (t.kind == number || t.kind == quoted || t.is("(") || t.is("[")):
		return fmt.Errorf("cannot read %s at character %d: an operator is missing before it, such as *; several numbers stand in a list, as in sum(12.5, 7, 3)", short(t.text), t.at)
	}
	return fmt.Errorf("cannot read %s at character %d: a number was expected", short(t.text), t.at)
}
