package grammar

import (
	"errors"
	"fmt"
	"math/big"
)

// multipleOf takes in a multipleOf: what is a multiple of both is one of their least
// common multiple.
func (s *shape) multipleOf(v *value, at string) error {
	if v.kind != isNumber {
		return fmt.Errorf("multipleOf %s is %s, want a number", place(at), article(v.kind))
	}
	r, err := v.rational()
	if err != nil {
		return fmt.Errorf("multipleOf %s: %w", place(at), err)
	}
	if r.Sign() <= 0 {
		return fmt.Errorf("multipleOf %s is %.40s, want a number above 0", place(at), v.text)
	}
	if s.multiple == nil {
		s.multiple = r
		return nil
	}
	// lcm(a/b, c/d) = lcm(ad, cb) / bd
	x := new(big.Int).Mul(s.multiple.Num(), r.Denom())
	y := new(big.Int).Mul(r.Num(), s.multiple.Denom())
	common := new(big.Int).GCD(nil, nil, x, y)
	x.Mul(x, y.Div(y, common))
	s.multiple = new(big.Rat).SetFrac(x, new(big.Int).Mul(s.multiple.Denom(), r.Denom()))
	return nil
}

// maxMultiple bounds what is counted modulo: 10^k times the divisor, of k decimal places.
const maxMultiple = 1000

// multiples returns the numbers of e, written without an exponent, that are multiples of by.
func (c *compiler) multiples(e expr, by *big.Rat, at string) (expr, error) {
	d, err := c.multiplesOf(e, by)
	if err != nil {
		return nil, fmt.Errorf("unsupported: multipleOf %s %s: %w", by.RatString(), place(at), err)
	}
	if d.states() == 0 {
		return c.nothing("no multiple of %s is within the bounds %s", by.RatString(), place(at)), nil
	}
	return word{d, maxLimit, false}, nil
}

func (c *compiler) multiplesOf(e expr, by *big.Rat) (*dfa, error) {
	pattern, err := asPattern(e)
	if err != nil {
		return nil, err
	}
	places, exact := by.FloatPrec()
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(places)), nil)
	m := new(big.Rat).Mul(by, new(big.Rat).SetInt(scale))
	if !exact || !m.IsInt() || !m.Num().IsInt64() || m.Num().Int64() > maxMultiple || places > c.limits.Digits {
		return nil, fmt.Errorf("want at most %d without its point, and %d decimal places", maxMultiple, c.limits.Digits)
	}
	within, err := determine(pattern, true, &c.spent)
	if err != nil {
		return nil, err
	}
	divided, err := divisible(int(m.Num().Int64()), places)
	if err != nil {
		return nil, err
	}
	return intersect(&c.spent, within, divided)
}

// divisible returns the decimals with up to so many places, and zeros behind those, that
// without their point are divisible by m. What is no number is accepted too.
func divisible(m, places int) (*dfa, error) {
	// A state is a remainder and how many places are written: none, as there is no point,
	// or 0 to places, at which a zero changes nothing.
	n := m * (places + 2)
	if n > maxDFA {
		return nil, errPatternLarge
	}
	d := &dfa{classes: []runes{anyRune.minus(runes{{'.', '.'}, {'0', '9'}}), {{'.', '.'}}}}
	for r := '0'; r <= '9'; r++ {
		d.classes = append(d.classes, runes{{r, r}})
	}
	for behind := range places + 2 { // 0 is no point
		for rest := range m {
			left := places // zeros to come until all places are written
			if behind > 0 {
				left = places - (behind - 1)
			}
			r := rest
			for range left {
				r = r * 10 % m
			}
			d.accept = append(d.accept, r == 0)
			point := int32(-1)
			if behind == 0 {
				point = int32(m + rest)
			}
			d.next = append(d.next, int32(behind*m+rest), point)
			for digit := range 10 {
				to := int32(-1)
				switch {
				case behind == 0:
					to = int32((rest*10 + digit) % m)
				case behind <= places:
					to = int32((behind+1)*m + (rest*10+digit)%m)
				case digit == 0:
					to = int32(behind*m + rest)
				}
				d.next = append(d.next, to)
			}
		}
	}
	return d, nil
}

// asPattern returns the expression of a number as a regular expression.
func asPattern(e expr) (rx, error) {
	list := func(es []expr) ([]rx, error) {
		var out []rx
		for _, x := range es {
			p, err := asPattern(x)
			if err != nil {
				return nil, err
			}
			out = append(out, p)
		}
		return out, nil
	}
	switch e := e.(type) {
	case lit:
		var out rxSeq
		for _, r := range string(e) {
			out = append(out, rxSet{runes{{r, r}}})
		}
		return out, nil
	case runes:
		return rxSet{e}, nil
	case seq:
		out, err := list(e)
		return rxSeq(out), err
	case alt:
		out, err := list(e)
		return rxAlt(out), err
	case repeat:
		body, err := asPattern(e.body.body)
		return rxRepeat{body, e.min, e.max}, err
	}
	return nil, errors.New("it has no pattern")
}
