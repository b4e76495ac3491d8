package chart

import (
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
)

// scale is where an axis begins and ends, and what stands along it.
type scale struct {
	lo, hi float64
	ticks  []plot.Tick
}

// niceStep returns a step of 1, 2 or 5 times a power of ten, of which about so many make
// the span.
func niceStep(span float64, about int) float64 {
	raw := span / float64(max(about, 1))
	power := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, f := range []float64{1, 2, 5} {
		if raw <= f*power*1.0000001 {
			return f * power
		}
	}
	return 10 * power
}

// apart moves two values apart that are the same, or so near to one another that floats
// have no room between them.
func apart(lo, hi float64) (float64, float64) {
	size := max(math.Abs(lo), math.Abs(hi))
	if hi-lo > size*1e-9 && hi-lo > 1e-300 {
		return lo, hi
	}
	if size < 1e-290 {
		return lo - 1, hi + 1
	}
	pad := size * 0.1
	if size >= 1 && size <= 1e6 && lo == math.Trunc(lo) {
		pad = max(1, math.Trunc(pad))
	}
	return lo - pad, hi + pad
}

// linear returns a scale for values from lo to hi with about so many ticks. A loose one
// ends with ticks. whole asks for whole numbers only.
func linear(lo, hi float64, about int, loose, whole bool) scale {
	lo, hi = apart(lo, hi)
	step := niceStep(hi-lo, about)
	if whole {
		step = max(1, step)
	}
	first, last := math.Ceil(lo/step-1e-9), math.Floor(hi/step+1e-9)
	if loose {
		first, last = math.Floor(lo/step+1e-9), math.Ceil(hi/step-1e-9)
		lo, hi = min(lo, first*step), max(hi, last*step)
	}
	s := scale{lo: lo, hi: hi}
	var values []float64
	for i := first; i <= last && len(values) < 200; i++ {
		values = append(values, i*step)
	}
	for i, label := range numberLabels(values, step) {
		s.ticks = append(s.ticks, plot.Tick{Value: values[i], Label: label})
	}
	return s
}

// numberLabels writes numbers that are a step apart, all in the same way.
func numberLabels(values []float64, step float64) []string {
	largest := 0.0
	for _, v := range values {
		largest = max(largest, math.Abs(v))
	}
	labels := make([]string, len(values))
	digits := 0
	if step > 0 {
		digits = max(0, int(math.Ceil(-math.Log10(step)-1e-9)))
	}
	for i, v := range values {
		switch {
		case v == 0 || math.Abs(v) < step*1e-9:
			labels[i] = "0"
		case largest >= 1e7 && largest < 1e15 && step >= 1e4:
			labels[i] = suffixed(v, largest)
		case largest >= 1e7 || digits > 6:
			exponent := int(math.Floor(math.Log10(math.Max(step, largest*1e-12))))
			significant := max(0, int(math.Floor(math.Log10(math.Abs(v))))-exponent)
			labels[i] = exponential(v, min(significant, 15))
		default:
			labels[i] = thousands(strconv.FormatFloat(v, 'f', digits, 64), largest >= 1e4)
		}
		labels[i] = strings.Replace(labels[i], "-", "−", 1)
	}
	return labels
}

// exponential writes 1.5e+09 as 1.5e9.
func exponential(v float64, digits int) string {
	s := strconv.FormatFloat(v, 'e', digits, 64)
	mantissa, exponent, _ := strings.Cut(s, "e")
	n, _ := strconv.Atoi(exponent)
	return mantissa + "e" + strconv.Itoa(n)
}

// suffixed writes millions as M, thousands of them as B, and millions of them as T.
func suffixed(v, largest float64) string {
	unit, name := 1e6, "M"
	switch {
	case largest >= 1e12:
		unit, name = 1e12, "T"
	case largest >= 1e9:
		unit, name = 1e9, "B"
	}
	return strconv.FormatFloat(math.Round(v/unit*1e6)/1e6, 'f', -1, 64) + name
}

// thousands puts commas between thousands.
func thousands(s string, want bool) string {
	if !want {
		return s
	}
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	whole, fraction, has := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if has {
		whole += "." + fraction
	}
	return sign + whole
}

// short writes one number for people, with at most so many digits that count.
func short(v float64, digits int) string {
	if v == 0 {
		return "0"
	}
	if a := math.Abs(v); a >= 1e15 || a < 1e-5 {
		return strings.Replace(exponential(v, digits-1), "-", "−", 1)
	}
	decimals := max(0, digits-1-int(math.Floor(math.Log10(math.Abs(v)))))
	s := strconv.FormatFloat(v, 'f', min(decimals, 10), 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return strings.Replace(thousands(s, math.Abs(v) >= 1e4), "-", "−", 1)
}

// logarithmic returns a scale for positive values: ticks at powers of ten, or at 1, 2 and 5
// times them where there are few.
func logarithmic(lo, hi float64, about int) scale {
	if lo == hi {
		lo, hi = lo/2, hi*2
	}
	first, last := int(math.Floor(math.Log10(lo)+1e-9)), int(math.Ceil(math.Log10(hi)-1e-9))
	s := scale{lo: math.Pow(10, float64(first)), hi: math.Pow(10, float64(last))}
	decades := last - first
	every := max(1, (decades+about-1)/max(about, 1))
	factors := []float64{1}
	if decades <= 2 {
		factors = []float64{1, 2, 5}
		for _, f := range []float64{5, 2} { // begin and end nearer to the values
			if s.lo*f <= lo {
				s.lo *= f
				break
			}
		}
		for _, f := range []float64{5, 2} {
			if s.hi/10*f >= hi {
				s.hi = s.hi / 10 * f
			}
		}
	}
	for e := first; e <= last; e++ {
		power := math.Pow(10, float64(e))
		for _, f := range factors {
			if v := f * power; v >= s.lo*0.9999999 && v <= s.hi*1.0000001 {
				label := ""
				if (e-first)%every == 0 {
					label = powerLabel(v, e, hi >= 1e4)
				}
				s.ticks = append(s.ticks, plot.Tick{Value: v, Label: label})
			}
		}
	}
	return s
}

// powerLabel writes a tick of a logarithmic axis.
func powerLabel(v float64, exponent int, commas bool) string {
	if exponent >= 7 || exponent < -4 {
		return strings.Replace(exponential(v, 0), "-", "−", 1)
	}
	return thousands(strconv.FormatFloat(v, 'f', max(0, -exponent), 64), commas)
}
