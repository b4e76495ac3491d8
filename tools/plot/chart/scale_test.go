package chart

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
)

func labels(ticks []plot.Tick) string {
	var list []string
	for _, t := range ticks {
		list = append(list, t.Label)
	}
	return strings.Join(list, " ")
}

func TestLinear(t *testing.T) {
	for _, c := range []struct {
		lo, hi       float64
		about        int
		loose, whole bool
		want         string
	}{
		{0, 10, 5, true, false, "0 2 4 6 8 10"},
		{0.1, 9.7, 5, true, false, "0 2 4 6 8 10"},
		{0.1, 9.7, 5, false, false, "2 4 6 8"},
		{0, 2, 8, true, true, "0 1 2"},
		{0, 1, 5, true, false, "0 0.2 0.4 0.6 0.8 1.0"},
		{-5, 5, 4, true, false, "−5 0 5"},
		{0, 9999, 5, true, false, "0 2,000 4,000 6,000 8,000 10,000"},
		{0, 4000, 4, true, false, "0 1000 2000 3000 4000"},
		{2015, 2020, 5, false, true, "2015 2016 2017 2018 2019 2020"},
		{0, 5e7, 5, true, false, "0 10M 20M 30M 40M 50M"},
		{8.1e9, 8.3e9, 4, true, false, "8.1B 8.15B 8.2B 8.25B 8.3B"},
		{0, 3e13, 3, true, false, "0 10T 20T 30T"},
		{0, 3e20, 3, true, false, "0 1e20 2e20 3e20"},
		{0, 3e-9, 3, true, false, "0 1e-9 2e-9 3e-9"},
		{5, 5, 5, true, false, "4.0 4.5 5.0 5.5 6.0"},
		{0, 0, 4, true, false, "−1.0 −0.5 0 0.5 1.0"},
		{1e100, 1e100, 4, true, false, "9.0e99 9.5e99 1.00e100 1.05e100 1.10e100"},
		{-1e100, 1e100, 4, true, false, "−1.0e100 −5e99 0 5e99 1.0e100"},
		{1, 1 + 1e-15, 4, true, false, "0 0.5 1.0 1.5 2.0"},
	} {
		s := linear(c.lo, c.hi, c.about, c.loose, c.whole)
		got := strings.ReplaceAll(labels(s.ticks), "-", "−")
		if got != strings.ReplaceAll(c.want, "-", "−") {
			t.Errorf("%v to %v: %s, want %s", c.lo, c.hi, got, c.want)
		}
		if s.lo > c.lo || s.hi < c.hi || !(s.lo < s.hi) {
			t.Errorf("%v to %v: the axis goes from %v to %v", c.lo, c.hi, s.lo, s.hi)
		}
	}
}

func TestLogarithmic(t *testing.T) {
	for _, c := range []struct {
		lo, hi float64
		about  int
		want   string
	}{
		{1, 3e6, 10, "1 10 100 1,000 10,000 100,000 1,000,000 1e7"},
		{3, 8, 5, "2 5 10"},
		{12, 40, 5, "10 20 50"},
		{1e-6, 1, 10, "1e−6 1e−5 0.0001 0.001 0.01 0.1 1"},
		{1, 1e60, 6, "1  "},
		{5, 5, 5, "2 5 10"},
	} {
		s := logarithmic(c.lo, c.hi, c.about)
		if got := labels(s.ticks); !strings.HasPrefix(got, c.want) {
			t.Errorf("%v to %v: %q, want %q", c.lo, c.hi, got, c.want)
		}
		if s.lo > c.lo || s.hi < c.hi {
			t.Errorf("%v to %v: the axis goes from %v to %v", c.lo, c.hi, s.lo, s.hi)
		}
		some := 0
		for _, tick := range s.ticks {
			if tick.Label != "" {
				some++
			}
		}
		if some < 2 || some > 2*c.about+2 {
			t.Errorf("%v to %v has %d labels", c.lo, c.hi, some)
		}
	}
}

func TestDates(t *testing.T) {
	for _, c := range []struct{ from, to, want, context string }{
		{"2025-01-01T00:00:00Z", "2025-12-31T00:00:00Z", "2025-01 2025-03 2025-05 2025-07 2025-09 2025-11", ""},
		{"2025-01-05T00:00:00Z", "2025-01-09T00:00:00Z", "01-05 01-06 01-07 01-08 01-09", "2025"},
		{"2024-12-30T00:00:00Z", "2025-01-02T00:00:00Z", "2024-12-30 00:00 2024-12-30 12:00 2024-12-31 00:00 2024-12-31 12:00 2025-01-01 00:00 2025-01-01 12:00 2025-01-02 00:00", ""},
		{"2025-01-05T08:00:00Z", "2025-01-05T13:30:00Z", "08:00 09:00 10:00 11:00 12:00 13:00", "2025-01-05"},
		{"2025-01-05T22:00:00Z", "2025-01-06T02:00:00Z", "01-05 22:00 01-05 23:00 01-06 00:00 01-06 01:00 01-06 02:00", "2025"},
		{"2025-01-05T08:00:00Z", "2025-01-05T08:00:20Z", "08:00:00 08:00:05 08:00:10 08:00:15 08:00:20", "2025-01-05"},
		{"1990-06-01T00:00:00Z", "2025-01-01T00:00:00Z", "2000 2010 2020", ""},
		{"0100-01-01T00:00:00Z", "9000-01-01T00:00:00Z", "2000 4000 6000 8000", ""},
		{"2025-01-05T00:00:00Z", "2025-01-05T00:00:00Z", "01-04 00:00 01-04 12:00 01-05 00:00 01-05 12:00 01-06 00:00", "2025"},
	} {
		parse := func(s string) float64 {
			at, err := time.Parse(time.RFC3339, s)
			if err != nil {
				t.Fatal(err)
			}
			return float64(at.Unix())
		}
		s := dates(parse(c.from), parse(c.to), 6)
		if got, context := labels(s.ticks), dateContext(s.lo, s.hi, s.ticks); got != c.want || context != c.context {
			t.Errorf("%s to %s: %s (%s), want %s (%s)", c.from, c.to, got, context, c.want, c.context)
		}
	}
}

// TestFive: the quartiles are those of numpy.percentile, which has the same rule.
func TestFive(t *testing.T) {
	low, q1, median, q3, high, beyond, ok := Five([]float64{7, 1, nan, 3, 2, 20, 4})
	if got := fmt.Sprint(low, q1, median, q3, high, beyond, ok); got != "1 2.25 3.5 6.25 7 [20] true" {
		t.Errorf("five are %s", got)
	}
	if _, _, _, _, _, _, ok := Five([]float64{nan}); ok {
		t.Error("no values have five")
	}
}

func TestBins(t *testing.T) {
	for _, c := range []struct {
		n      int
		values []float64
		want   string // edges and counts
	}{
		{0, []float64{1, 2, 2, 3, 3, 3, 4, 10}, "[0 2 4 6 8 10 12] [1 5 1 0 0 1]"},
		{0, []float64{5, 5, 5}, "[4.5 5.5] [3]"},
		{0, []float64{0.5, 0.5}, "[0.45 0.55] [2]"},
		{0, []float64{0, 1}, "[0 1 2] [1 1]"},
		{0, []float64{0.1, 0.2, 0.3, 0.4}, "[0.1 0.2 0.3 0.4] [1 1 2]"},
		{4, []float64{0, 1, 2, 3, 4}, "[0 1 2 3 4] [1 1 1 2]"},
		{0, []float64{nan}, "[] []"},
		{0, []float64{-1e100, 1e100, 0}, "[-1e+100 -5e+99 0 5e+99 1e+100] [1 0 1 1]"},
	} {
		edges := Bins(c.n, c.values)
		counts := []float64{}
		if edges != nil {
			counts = count(c.values, edges)
		}
		if got := fmt.Sprint(edges, counts); got != c.want {
			t.Errorf("%v: %s, want %s", c.values, got, c.want)
		}
	}
	counts := count(normal(5000, 1), Bins(0, normal(5000, 1)))
	sum := 0.0
	for _, n := range counts {
		sum += n
	}
	if sum != 5000 || len(counts) < 10 || len(counts) > 60 {
		t.Errorf("%v values in %d bins", sum, len(counts))
	}
}

// TestThin: a long line keeps its ends and its extremes.
func TestThin(t *testing.T) {
	var points []vg.Point
	for i, v := range walk(100_000, 1) {
		points = append(points, vg.Point{X: vg.Length(i) / 250, Y: vg.Length(v)})
	}
	got := thin(points)
	byY := func(a, b vg.Point) int { return int(math.Copysign(1, float64(a.Y-b.Y))) }
	if len(got) > 8000 || got[0] != points[0] || got[len(got)-1] != points[len(points)-1] ||
		slices.MaxFunc(got, byY) != slices.MaxFunc(points, byY) || slices.MinFunc(got, byY) != slices.MinFunc(points, byY) {
		t.Errorf("%d points are left of %d", len(got), len(points))
	}
	for i := 1; i < len(got); i++ {
		if got[i].X < got[i-1].X {
			t.Fatal("the points are not in order any more")
		}
	}
	back := slices.Clone(points[:3000]) // a line that goes to and fro keeps its shape
	for i := range back {
		back[i].X = vg.Length(i % 2)
	}
	if n := len(thin(back)); n != len(back) {
		t.Errorf("%d points are left of a line to and fro of %d", n, len(back))
	}
}

func TestShort(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 361.95: "361.95", 1234.56789: "1234.6", 123456.7: "123,457", -0.5: "−0.5", 1e-7: "1.0000e−7", 2.5e16: "2.5000e16", 3: "3", 100: "100"} {
		if got := short(v, 5); got != want {
			t.Errorf("%v is %s, want %s", v, got, want)
		}
	}
}
