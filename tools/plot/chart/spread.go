package chart

import (
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// present returns the values that are there, in order of size.
func present(values []float64) []float64 {
	out := slices.DeleteFunc(slices.Clone(values), math.IsNaN)
	slices.Sort(out)
	return out
}

// quantile returns a quantile of sorted values, by linear interpolation (type 7 of Hyndman
// and Fan, Sample Quantiles in Statistical Packages, 1996), which numpy and R use.
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	i := int(at)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

// Five returns what a box is drawn from: the ends of the whiskers, which reach as far as
// values within 1.5 times the height of the box (Tukey, Exploratory Data Analysis, 1977),
// the quartiles and the median, and the values beyond the whiskers. ok is false where no
// value is there.
func Five(values []float64) (low, q1, median, q3, high float64, beyond []float64, ok bool) {
	s := present(values)
	if len(s) == 0 {
		return 0, 0, 0, 0, 0, nil, false
	}
	q1, median, q3 = quantile(s, 0.25), quantile(s, 0.5), quantile(s, 0.75)
	reach := 1.5 * (q3 - q1)
	low, high = q1, q3
	for _, v := range s {
		if v >= q1-reach {
			low = min(low, v)
			break
		}
	}
	for _, v := range slices.Backward(s) {
		if v <= q3+reach {
			high = max(high, v)
			break
		}
	}
	for _, v := range s {
		if v < low || v > high {
			beyond = append(beyond, v)
		}
	}
	return low, q1, median, q3, high, beyond, true
}

// boxes draws a box for each series.
func (d *drawing) boxes(c draw.Canvas) {
	var lists [][]float64
	names := make([]string, len(d.chart.Series))
	for i, s := range d.chart.Series {
		lists, names[i] = append(lists, s.Y), s.Name
	}
	lo, hi, _ := span(lists...)
	d.setY(c, lo, hi, false)
	d.setNames(c, names)
	d.plot.Add(gridLines{y: true})
	d.plot.Add(plotter(func(c draw.Canvas, p *plot.Plot) {
		for i, s := range d.chart.Series {
			oneBox(c, p, i, s.Y)
		}
	}))
}

func oneBox(c draw.Canvas, p *plot.Plot, i int, values []float64) {
	low, q1, median, q3, high, beyond, ok := Five(values)
	if !ok {
		return
	}
	tx, ty := p.Transforms(&c)
	middle := tx(float64(i))
	half := min((tx(0.3)-tx(0))*1, 30)
	colour := colourOf(0)
	x0, x1 := middle-half, middle+half
	for _, part := range [][2]float64{{low, q1}, {q3, high}} {
		stroke(c, colour, 1, middle, ty(part[0]), middle, ty(part[1]))
	}
	for _, end := range []float64{low, high} {
		stroke(c, colour, 1, middle-half/2, ty(end), middle+half/2, ty(end))
	}
	rectangle(c, mix(colour, paper, 0.7), x0, ty(q1), x1, ty(q3))
	c.StrokeLines(draw.LineStyle{Color: colour, Width: 1}, []vg.Point{{X: x0, Y: ty(q1)}, {X: x1, Y: ty(q1)}, {X: x1, Y: ty(q3)}, {X: x0, Y: ty(q3)}, {X: x0, Y: ty(q1)}})
	stroke(c, colour, 2.2, x0, ty(median), x1, ty(median))
	last := vg.Length(math.Inf(-1))
	for _, v := range beyond {
		if y := ty(v); y-last > 0.3 { // one above the other they would be the same
			disc(c, faded(colour, 0.7), vg.Point{X: middle, Y: y}, 1.8)
			last = y
		}
	}
}

// Bins returns the edges of a histogram's bins, one more than there are bins. n is how many
// there are to be; for 0, the width comes from the spread of the values (Freedman and
// Diaconis, On the histogram as a density estimator, 1981) and is 1, 2 or 5 times a power of
// ten.
func Bins(n int, lists ...[]float64) []float64 {
	var all []float64
	for _, list := range lists {
		all = append(all, list...)
	}
	s := present(all)
	if len(s) == 0 {
		return nil
	}
	lo, hi := s[0], s[len(s)-1]
	from, to := apart(lo, hi)
	if n > 0 {
		edges := make([]float64, n+1)
		for i := range edges {
			edges[i] = from + (to-from)*float64(i)/float64(n)
		}
		return edges
	}
	whole := isWhole(s)
	if from != lo || to != hi { // all values are the same
		if whole && math.Abs(lo) < 1e12 {
			return []float64{lo - 0.5, lo + 0.5}
		}
		return []float64{from, to}
	}
	width := 2 * (quantile(s, 0.75) - quantile(s, 0.25)) / math.Cbrt(float64(len(s)))
	bins := math.Ceil(math.Log2(float64(len(s)))) + 1 // Sturges, where more than half are the same
	if width > 0 {
		bins = (hi - lo) / width
	}
	width = niceStep(hi-lo, int(max(4, min(50, bins))))
	if whole {
		width = max(1, width)
	}
	first := math.Floor(lo/width + 1e-9)
	var edges []float64
	for i := 0.0; len(edges) < 1000; i++ {
		edge := (first + i) * width
		if in := math.Round(1 / width); width < 1 && math.Abs(in*width-1) < 1e-9 { // 3/10 is 0.3, and 3*0.1 is not
			edge = (first + i) / in
		}
		edges = append(edges, edge)
		if edge > hi || edge == hi && !whole {
			break
		}
	}
	return edges
}

// count returns how many values are in each bin. A bin has its lower edge, the last one
// both.
func count(values, edges []float64) []float64 {
	counts := make([]float64, len(edges)-1)
	for _, v := range values {
		if math.IsNaN(v) {
			continue
		}
		i, found := slices.BinarySearch(edges, v)
		if !found {
			i--
		}
		counts[max(0, min(i, len(counts)-1))]++
	}
	return counts
}

// histogram draws how many values of each series are in each bin.
func (d *drawing) histogram(c draw.Canvas) {
	var lists [][]float64
	for _, s := range d.chart.Series {
		lists = append(lists, s.Y)
	}
	var edges []float64
	if d.chart.LogX {
		logs := make([][]float64, len(lists))
		for i, list := range lists {
			for _, v := range list {
				logs[i] = append(logs[i], math.Log10(v))
			}
		}
		edges = Bins(d.chart.Bins, logs...)
		for i := range edges {
			edges[i] = math.Pow(10, edges[i])
		}
	} else {
		edges = Bins(d.chart.Bins, lists...)
	}
	d.plot.X.Padding = 0
	highest, least := 0.0, math.Inf(1)
	counts := make([][]float64, len(lists))
	for i, list := range lists {
		counts[i] = count(list, edges)
		for _, n := range counts[i] {
			if highest = max(highest, n); n > 0 {
				least = min(least, n)
			}
		}
	}
	if d.chart.LogY {
		d.setY(c, min(0.5, least), highest, false)
	} else {
		d.setY(c, 0, highest, true)
	}
	lo, hi := edges[0], edges[len(edges)-1]
	if d.chart.LogX {
		d.x = logarithmic(lo, hi, about(c.Size().X, 62))
		set(&d.plot.X, d.x, true)
	} else {
		d.x = linear(lo, hi, about(c.Size().X, 62), false, false)
		set(&d.plot.X, d.x, false)
	}
	alpha := 1.0
	if len(lists) > 1 {
		alpha = 0.55
	}
	d.plot.Add(gridLines{y: true})
	d.plot.Add(plotter(func(c draw.Canvas, p *plot.Plot) {
		tx, ty := p.Transforms(&c)
		for i := range counts {
			for j, n := range counts[i] {
				if n == 0 {
					continue
				}
				x0, x1 := tx(edges[j]), tx(edges[j+1])
				if x1-x0 > 3 {
					x0, x1 = x0+0.3, x1-0.3
				}
				base := c.Min.Y
				rectangle(c, faded(colourOf(i), alpha), x0, base, x1, max(ty(n), base))
			}
		}
	}))
}
