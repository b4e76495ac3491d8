package grammar

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// numberOf is a number of up to n digits before the point and after it, with an exponent
// of up to three digits, such that the number is not too large for a float64. A fraction is
// one that has a point.
func numberOf(n int, fraction bool) expr {
	exponent := seq{
		runes{{'E', 'E'}, {'e', 'e'}},
		alt{
			seq{optional(lit("+")), alt{
				digits(1, 2),
				seq{lit("1"), digits(2, 2)},
				seq{lit("2"), runes{{'0', '8'}}, digits(1, 1)}, // 18 digits and e289: 1e307
			}},
			seq{lit("-"), digits(1, 3)},
		},
	}
	point := expr(seq{lit("."), digits(1, n)})
	if !fraction {
		point = optional(point)
	}
	return seq{optional(lit("-")), whole(n), point, optional(exponent)}
}

// whole is a natural number of up to n digits.
func whole(n int) expr {
	return alt{lit("0"), seq{runes{{'1', '9'}}, digits(0, n-1)}}
}

// integer is an integer between lo and hi; nil is no bound but that on the digits.
func integer(lo, hi *big.Int, n int) expr {
	if lo == nil && hi == nil {
		return alt{lit("0"), seq{optional(lit("-")), runes{{'1', '9'}}, digits(0, n-1)}}
	}
	// The open side has as many digits as are usual, or as the other side needs.
	if lo != nil {
		n = max(n, len(lo.Text(10)))
	}
	if hi != nil {
		n = max(n, len(hi.Text(10)))
	}
	end := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
	end.Sub(end, big.NewInt(1))
	if hi == nil {
		hi = end
	}
	if lo == nil {
		lo = new(big.Int).Neg(end)
	}
	var out alt
	one := big.NewInt(1)
	if lo.Sign() < 0 { // from -lo down to max(1, -hi)
		from, to := new(big.Int).Neg(hi), new(big.Int).Neg(lo)
		if from.Cmp(one) < 0 {
			from = one
		}
		out = append(out, seq{lit("-"), positive(from, to)})
	}
	if lo.Sign() <= 0 && hi.Sign() >= 0 {
		out = append(out, lit("0"))
	}
	if hi.Sign() > 0 {
		from := lo
		if from.Cmp(one) < 0 {
			from = one
		}
		out = append(out, positive(from, hi))
	}
	return out
}

// positive is a natural number from lo, at least 1, to hi.
func positive(lo, hi *big.Int) expr {
	if lo.Cmp(hi) > 0 {
		return alt{}
	}
	a, b := lo.Text(10), hi.Text(10)
	if len(a) == len(b) {
		return sameLength(a, b)
	}
	out := alt{sameLength(a, strings.Repeat("9", len(a))), sameLength("1"+strings.Repeat("0", len(b)-1), b)}
	if len(b)-len(a) > 1 { // every number of the lengths between
		out = append(out, seq{runes{{'1', '9'}}, digits(len(a), len(b)-2)})
	}
	return out
}

// sameLength is the digits from a to b, which are equally many.
func sameLength(a, b string) expr {
	n := len(a)
	switch {
	case n == 0:
		return seq{}
	case a > b:
		return alt{}
	case strings.Trim(a, "0") == "" && strings.Trim(b, "9") == "":
		return digits(n, n)
	case a[0] == b[0]:
		return seq{lit(a[:1]), sameLength(a[1:], b[1:])}
	}
	out := alt{
		seq{lit(a[:1]), sameLength(a[1:], strings.Repeat("9", n-1))},
		seq{lit(b[:1]), sameLength(strings.Repeat("0", n-1), b[1:])},
	}
	if b[0]-a[0] > 1 {
		out = append(out, seq{runes{{rune(a[0] + 1), rune(b[0] - 1)}}, digits(n-1, n-1)})
	}
	return out
}

// integer returns the integers that fit s.
func (c *compiler) integer(s *shape) (expr, error) {
	least, most := integerBounds(s.lo, s.hi)
	if least != nil && most != nil && least.Cmp(most) > 0 {
		return c.nothing("no integer is within minimum and maximum %s", place(s.at)), nil
	}
	e := integer(least, most, c.limits.Digits)
	if s.multiple == nil || s.multiple.Num().Cmp(big.NewInt(1)) == 0 { // every integer is a multiple of 1/n
		return e, nil
	}
	return c.multiples(e, new(big.Rat).SetInt(s.multiple.Num()), s.at)
}

// number returns the numbers that fit s.
func (c *compiler) number(s *shape) (expr, error) {
	if s.lo.at != nil && s.hi.at != nil {
		if sign := s.lo.at.Cmp(s.hi.at); sign > 0 || sign == 0 && (s.lo.strict || s.hi.strict) {
			return c.nothing("no number is within minimum and maximum %s", place(s.at)), nil
		}
	}
	if s.multiple != nil {
		return c.multiples(numberBetween(s.lo, s.hi, c.limits.Digits), s.multiple, s.at)
	}
	if s.lo.at == nil && s.hi.at == nil {
		float := func(f text) bool { return f.s == "float" || f.s == "double" }
		return numberOf(c.limits.Digits, slices.ContainsFunc(s.formats, float)), nil
	}
	return numberBetween(s.lo, s.hi, c.limits.Digits), nil
}

// bound takes in one side of the range of a number.
func (s *shape) bound(name string, x *value, at string) error {
	if x.kind != isNumber {
		return fmt.Errorf("%s %s is %s, want a number", name, place(at), article(x.kind))
	}
	r, err := x.rational()
	if err != nil {
		return fmt.Errorf("%s %s: %w", name, place(at), err)
	}
	side, closer := &s.lo, 1 // closer: the sign of the difference to a limit that is less strict
	if name == "maximum" || name == "exclusiveMaximum" {
		side, closer = &s.hi, -1
	}
	strict := name == "exclusiveMinimum" || name == "exclusiveMaximum"
	if side.at == nil || r.Cmp(side.at) == closer || strict && r.Cmp(side.at) == 0 {
		*side = limit{r, strict}
	}
	return nil
}

// integerBounds returns the least and the greatest integer within limits; nil is an open
// side.
func integerBounds(lo, hi limit) (least, most *big.Int) {
	floor := func(r *big.Rat) *big.Int { return new(big.Int).Div(r.Num(), r.Denom()) }
	one := big.NewInt(1)
	if lo.at != nil {
		if least = floor(lo.at); lo.strict || !lo.at.IsInt() {
			least.Add(least, one)
		}
	}
	if hi.at != nil {
		if most = floor(hi.at); hi.strict && hi.at.IsInt() {
			most.Sub(most, one)
		}
	}
	return least, most
}
