package grammar

import (
	"math/big"
	"strings"
)

// limit is one side of a range of numbers; strict leaves the number itself out.
type limit struct {
	at     *big.Rat // nil is no limit
	strict bool
}

// numberBetween is a number within limits, written without an exponent and with up to n
// digits before the point and after it, or as many before it as the limits have.
func numberBetween(lo, hi limit, n int) expr {
	zero := new(big.Rat)
	end := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
	for _, l := range []limit{lo, hi} {
		for l.at != nil && new(big.Rat).Abs(l.at).Cmp(new(big.Rat).SetInt(end)) >= 0 {
			end.Mul(end, big.NewInt(10))
		}
	}
	far := limit{new(big.Rat).SetInt(end), true}
	var out alt
	if lo.at == nil || lo.at.Sign() < 0 { // the sizes of the negative ones
		from, to := limit{zero, hi.at != nil && hi.at.Sign() == 0 && hi.strict}, far
		if hi.at != nil && hi.at.Sign() < 0 {
			from = limit{new(big.Rat).Neg(hi.at), hi.strict}
		}
		if lo.at != nil {
			to = limit{new(big.Rat).Neg(lo.at), lo.strict}
		}
		out = append(out, seq{lit("-"), sizeBetween(from, to, n)})
	}
	if hi.at == nil || hi.at.Sign() >= 0 {
		from, to := limit{zero, false}, far
		if lo.at != nil && lo.at.Sign() >= 0 {
			from = lo
		}
		if hi.at != nil {
			to = hi
		}
		out = append(out, sizeBetween(from, to, n))
	}
	return out
}

// sizeBetween is a number without a sign between two that are not negative, with up to n
// digits after the point.
func sizeBetween(lo, hi limit, n int) expr {
	a, af := splitDecimal(lo.at)
	b, bf := splitDecimal(hi.at)
	f := fraction{lo: af, hi: bf, loStrict: lo.strict, hiStrict: hi.strict}
	switch a.Cmp(b) {
	case 1:
		return alt{}
	case 0:
		return seq{lit(a.Text(10)), f.behind(true, true, n)}
	}
	one := big.NewInt(1)
	return alt{
		seq{lit(a.Text(10)), f.behind(true, false, n)},
		seq{positive(new(big.Int).Add(a, one), new(big.Int).Sub(b, one)), f.behind(false, false, n)},
		seq{lit(b.Text(10)), f.behind(false, true, n)},
	}
}

// splitDecimal returns the digits before the point and after it, without zeros at the end.
func splitDecimal(r *big.Rat) (*big.Int, string) {
	digits, _ := r.FloatPrec() // exact, as a decimal was read
	whole, behind, _ := strings.Cut(r.FloatString(digits), ".")
	n, _ := new(big.Int).SetString(whole, 10)
	return n, strings.TrimRight(behind, "0")
}

// fraction has the digits after the points of two limits.
type fraction struct {
	lo, hi             string
	loStrict, hiStrict bool
}

// behind is what may follow the digits before the point: nothing, or a point and 1 to n
// digits. byLo and byHi say that the digits so far are those of the limit, which
// therefore has a say about what follows.
func (f fraction) behind(byLo, byHi bool, n int) expr {
	out := alt{seq{lit("."), f.digits(byLo, byHi, 0, n)}}
	if f.mayEnd(byLo, byHi, 0) {
		out = append(out, seq{})
	}
	return out
}

// mayEnd says whether the number with i digits after the point is within the limits.
func (f fraction) mayEnd(byLo, byHi bool, i int) bool {
	if byLo && (i < len(f.lo) || f.loStrict) {
		return false
	}
	return !byHi || i < len(f.hi) || !f.hiStrict
}

// digits is one to n more digits when i are written.
func (f fraction) digits(byLo, byHi bool, i, n int) expr {
	if byLo && i >= len(f.lo) && !f.loStrict {
		byLo = false
	}
	if n == 0 {
		return alt{}
	}
	if !byLo && !byHi {
		return digits(1, n)
	}
	least, most := byte('0'), byte('9')
	if byLo && i < len(f.lo) {
		least = f.lo[i]
	}
	if byHi {
		most = '0'
		if i < len(f.hi) {
			most = f.hi[i]
		}
	}
	next := func(d byte, byLo, byHi bool) expr {
		more := alt{f.digits(byLo, byHi, i+1, n-1)}
		if f.mayEnd(byLo, byHi, i+1) {
			more = append(more, seq{})
		}
		return seq{lit(string(rune(d))), more}
	}
	var out alt
	free := runeRange{rune(least), rune(most)} // those that are within by themselves
	if byLo {
		free.lo++
		if least <= most {
			out = append(out, next(least, true, byHi && least == most))
		}
	}
	if byHi {
		free.hi--
		if least < most || least == most && !byLo {
			out = append(out, next(most, false, true))
		}
	}
	if free.lo <= free.hi {
		out = append(out, seq{runes{free}, digits(0, n-1)})
	}
	return out
}
