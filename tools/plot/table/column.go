package table

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
)

// missing are the words for a value that is not there, in lower case.
var missing = map[string]bool{
	"": true, "na": true, "n/a": true, "nan": true, "null": true, "none": true, "nil": true, "-": true, "–": true, "—": true, "?": true, "#n/a": true, "missing": true,
}

// infinite are numbers that no axis has a place for; they count as missing.
var infinite = map[string]bool{
	"inf": true, "+inf": true, "-inf": true, "infinity": true, "+infinity": true, "-infinity": true, "∞": true, "-∞": true,
}

// most is the largest number that is drawn: beyond, ranges and their ticks overflow.
const most = 1e100

// recognise finds out what a column holds: numbers if every value is one, dates if every
// value is one, else text. What can be read in several ways is told.
func (c *Column) recognise() (note string) {
	values := make([]float64, len(c.Text))
	usable, endless := 0, 0
	for i, s := range c.Text {
		values[i] = math.NaN()
		lower := strings.ToLower(s)
		if missing[lower] {
			continue
		}
		if infinite[lower] {
			endless++
			continue
		}
		v, ok := number(s)
		if !ok {
			return c.recogniseDates()
		}
		usable++
		if math.Abs(v) > most {
			endless++
			continue
		}
		values[i] = v
	}
	if usable == 0 && endless == 0 {
		return "" // nothing in it: a text
	}
	c.Kind, c.Number = Number, values
	if endless > 0 {
		return fmt.Sprintf("%s has %d values that are infinite or too large to draw; they count as missing", c.Name, endless)
	}
	return ""
}

// number reads a number as people write it: with a sign, an exponent, commas or blanks
// between thousands, a currency before it, a percent sign or a currency after it.
func number(s string) (float64, bool) {
	if s == "" || len(s) > 60 {
		return 0, false
	}
	if v, err := strconv.ParseFloat(s, 64); err == nil || isRange(err) {
		return v, !strings.ContainsAny(s, "xX_pPnN") // no hexadecimal, no NaN, no Inf
	}
	negative := false
	if strings.HasPrefix(s, "(") && strings.HasSuffix(s, ")") { // as accountants write it
		s, negative = s[1:len(s)-1], true
	}
	sign := ""
	if rest, ok := strings.CutPrefix(s, "-"); ok {
		sign, s = "-", rest
	} else if rest, ok := strings.CutPrefix(s, "−"); ok {
		sign, s = "-", rest
	} else if rest, ok := strings.CutPrefix(s, "+"); ok {
		s = rest
	}
	s = strings.TrimFunc(s, func(r rune) bool { return unicode.Is(unicode.Sc, r) || r == '%' || r == '‰' || unicode.IsSpace(r) })
	s, ok := withoutThousands(s)
	if !ok || s == "" || s[0] == '-' || s[0] == '+' {
		return 0, false
	}
	v, err := strconv.ParseFloat(sign+s, 64)
	if err != nil && !isRange(err) || strings.ContainsAny(s, "xX_pPnN") {
		return 0, false
	}
	if negative {
		v = -v
	}
	return v, true
}

func isRange(err error) bool {
	e, ok := err.(*strconv.NumError)
	return ok && e.Err == strconv.ErrRange
}

// withoutThousands takes out what stands between groups of three digits.
func withoutThousands(s string) (string, bool) {
	for _, separator := range []string{",", " ", "\u00a0", "\u202f", "'", "’"} {
		if !strings.Contains(s, separator) {
			continue
		}
		whole, fraction, _ := strings.Cut(s, ".")
		groups := strings.Split(whole, separator)
		for i, g := range groups {
			if !plainDigits(g) || i == 0 && len(g) > 3 || i > 0 && len(g) != 3 {
				return "", false
			}
		}
		if fraction != "" {
			fraction = "." + fraction
		}
		return strings.Join(groups, "") + fraction, true
	}
	return s, true
}
