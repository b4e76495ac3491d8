package calc

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"strings"
)

// value is a number, or a list of values.
type value struct {
	num     *big.Rat
	list    []value
	isList  bool
	rounded bool // num is not exact
}

var pi, _ = new(big.Rat).SetString("3.14159265358979323846264338327950288419716939937510")

// checked refuses numbers that have grown beyond all use.
func checked(v value) (value, error) {
	if n := max(v.num.Num().BitLen(), v.num.Denom().BitLen()); n > maxBits {
		return value{}, fmt.Errorf("the result has about %d digits, at most %d are calculated", decimalDigits(n), decimalDigits(maxBits))
	}
	return v, nil
}

// decimalDigits returns about how many digits a number of so many bits has.
func decimalDigits(bits int) int { return int(float64(bits)*math.Log10(2)) + 1 }

// binary calculates with two numbers.
func binary(op string, a, b value) (value, error) {
	if a.isList || b.isList {
		return value{}, fmt.Errorf("%q needs numbers, not a list: use sum, mean, min, max or len on the list", op)
	}
	r := value{num: new(big.Rat), rounded: a.rounded || b.rounded}
	switch op {
	case "+":
		r.num.Add(a.num, b.num)
	case "-":
		r.num.Sub(a.num, b.num)
	case "*":
		r.num.Mul(a.num, b.num)
	case "/", "//", "%":
		if b.num.Sign() == 0 {
			return value{}, errors.New("cannot divide by 0")
		}
		r.num.Quo(a.num, b.num)
		if op == "/" {
			break
		}
		r.num.SetInt(floor(r.num))
		if op == "%" {
			r.num.Sub(a.num, r.num.Mul(r.num, b.num))
		}
	}
	return checked(r)
}

// floor returns the largest integer that is at most r.
func floor(r *big.Rat) *big.Int {
	q, m := new(big.Int), new(big.Int)
	q.DivMod(r.Num(), r.Denom(), m) // the denominator is positive, so Euclid's quotient is the floor
	return q
}

// power raises a to b.
func power(a, b value) (value, error) {
	if a.isList || b.isList {
		return value{}, errors.New(`"^" needs numbers, not a list`)
	}
	if a.num.Sign() == 0 && b.num.Sign() < 0 {
		return value{}, errors.New("cannot divide by 0: 0 to a negative power")
	}
	if !b.num.IsInt() {
		return root(a, b)
	}
	bits := max(a.num.Num().BitLen(), a.num.Denom().BitLen()) - 1 // of 1 and -1: 0, and every power is small
	n := b.num.Num()
	if bits > 0 && (!n.IsInt64() || n.BitLen() > 32 || new(big.Int).Mul(big.NewInt(int64(bits)), new(big.Int).Abs(n)).Cmp(big.NewInt(maxBits)) > 0) {
		return value{}, fmt.Errorf("%s to the power of %s has too many digits, at most %d are calculated", a.brief(), b.brief(), decimalDigits(maxBits))
	}
	e := new(big.Int).Abs(n)
	if bits == 0 { // -1, 0 or 1: only the parity counts
		if e.Sign() != 0 {
			e.SetInt64(int64(2 - e.Bit(0)))
		}
	}
	num, den := new(big.Int).Exp(a.num.Num(), e, nil), new(big.Int).Exp(a.num.Denom(), e, nil)
	if n.Sign() < 0 {
		num, den = den, num
	}
	return checked(value{num: new(big.Rat).SetFrac(num, den), rounded: a.rounded || b.rounded})
}

// root raises a to a power that is no integer: exactly if the result is an
// integer, or the square root of a fraction, else in floating point.
func root(a, b value) (value, error) {
	if a.num.Sign() < 0 {
		return value{}, fmt.Errorf("cannot raise the negative number %s to the power of %s", a.brief(), b.brief())
	}
	if b.num.Denom().Cmp(big.NewInt(2)) == 0 {
		s, err := squareRoot(a)
		if err != nil {
			return value{}, err
		}
		return power(s, value{num: new(big.Rat).SetInt(b.num.Num()), rounded: b.rounded})
	}
	x, _ := a.num.Float64()
	y, _ := b.num.Float64()
	f := math.Pow(x, y)
	r := new(big.Rat).SetFloat64(f) // nil if f is infinite
	if r == nil || f == 0 && a.num.Sign() != 0 || math.IsInf(x, 0) {
		return value{}, fmt.Errorf("%s to the power of %s is too large or too small", a.brief(), b.brief())
	}
	if whole, ok := exactRoot(a, b, f); ok {
		return whole, nil
	}
	return checked(value{num: r, rounded: true})
}

// exactRoot tries whether the integer nearest to f is a to the power of b.
func exactRoot(a, b value, f float64) (value, bool) {
	if f > 1e15 || b.num.Denom().BitLen() > 10 {
		return value{}, false
	}
	guess := value{num: new(big.Rat).SetInt64(int64(math.Round(f)))}
	x, err := power(guess, value{num: new(big.Rat).SetInt(b.num.Denom())})
	if err != nil {
		return value{}, false
	}
	y, err := power(a, value{num: new(big.Rat).SetInt(b.num.Num())})
	if err != nil || x.num.Cmp(y.num) != 0 {
		return value{}, false
	}
	guess.rounded = a.rounded || b.rounded
	return guess, true
}

func squareRoot(a value) (value, error) {
	if a.num.Sign() < 0 {
		return value{}, fmt.Errorf("cannot take the square root of the negative number %s", a.brief())
	}
	num, den := new(big.Int).Sqrt(a.num.Num()), new(big.Int).Sqrt(a.num.Denom())
	exact := new(big.Rat).SetFrac(num, den)
	if new(big.Rat).Mul(exact, exact).Cmp(a.num) == 0 {
		return value{num: exact, rounded: a.rounded}, nil
	}
	const precision = 256 // bits
	f := new(big.Float).SetPrec(precision).SetRat(a.num)
	r, _ := f.Sqrt(f).Rat(nil)
	return checked(value{num: r, rounded: true})
}

// String writes a value as its result is shown.
func (v value) String() string {
	if v.isList {
		texts := make([]string, len(v.list))
		for i, e := range v.list {
			texts[i] = e.String()
		}
		return "[" + strings.Join(texts, ", ") + "]"
	}
	text, exact := decimal(v.num)
	if !exact || v.rounded {
		text += " (rounded)"
	}
	return text
}

// brief writes a value for an error.
func (v value) brief() string {
	text := v.String()
	if len(text) > 40 {
		text = text[:40] + "…"
	}
	return text
}

// decimal writes a number in full if it has at most maxDecimals decimals, and else with at
// least 12 digits that count and 6 decimals; a very small one with an exponent.
func decimal(r *big.Rat) (text string, exact bool) {
	const maxDecimals, significant, least = 30, 12, 6
	if r.IsInt() {
		return r.Num().String(), true
	}
	if n, finite := r.FloatPrec(); finite && n <= maxDecimals {
		return r.FloatString(n), true
	}
	whole := new(big.Int).Quo(r.Num(), r.Denom())
	if whole.Sign() != 0 {
		text = r.FloatString(max(least, significant-len(new(big.Int).Abs(whole).String())))
	} else {
		zeros := leadingZeros(r)
		if zeros > maxDecimals {
			text = new(big.Float).SetPrec(256).SetRat(r).Text('g', significant)
			same, ok := new(big.Rat).SetString(text)
			return text, ok && same.Cmp(r) == 0
		}
		text = r.FloatString(zeros + significant)
	}
	text = strings.TrimRight(text, "0")
	return strings.TrimSuffix(text, "."), false
}

// leadingZeros counts the zeros between the point and the first digit of a fraction below 1.
func leadingZeros(r *big.Rat) int {
	limit := new(big.Rat).Abs(r)
	n, ten, tenth := 0, big.NewRat(10, 1), big.NewRat(1, 10)
	for n < 50 && limit.Cmp(tenth) < 0 {
		limit.Mul(limit, ten)
		n++
	}
	return n
}
