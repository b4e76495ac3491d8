package chart

import (
	"image"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// points draws lines or points.
func (d *drawing) points(c draw.Canvas) {
	var xs, ys [][]float64
	n := 0
	for i := range d.chart.Series {
		s := &d.chart.Series[i]
		x := s.X
		if x == nil {
			x = upTo(len(s.Y))
		}
		xs, ys = append(xs, together(x, s.Y)), append(ys, together(s.Y, x))
		n = max(n, len(s.Y))
	}
	lo, hi, _ := span(ys...)
	d.setY(c, lo, hi, false)
	left, right, _ := span(xs...)
	switch ticks := about(c.Size().X, 62); {
	case d.chart.Names != nil:
		d.setNames(c, d.chart.Names)
		if n > 2 && d.chart.Kind == Line {
			d.plot.X.Min, d.plot.X.Max = -0.3, float64(len(d.chart.Names))-0.7
		}
	case d.chart.LogX:
		d.x = logarithmic(left, right, ticks)
		set(&d.plot.X, d.x, true)
	case d.chart.Dates:
		d.x = dates(left, right, about(c.Size().X, 66))
		set(&d.plot.X, d.x, false)
		if context := dateContext(left, right, d.x.ticks); context != "" && d.level < noLabels {
			d.plot.X.Label.Text = context
			if d.chart.XLabel != "" {
				d.plot.X.Label.Text = d.chart.XLabel + " (" + context + ")"
			}
		}
	default:
		d.x = linear(left, right, ticks, d.chart.Kind == Scatter, isWhole(xs...))
		set(&d.plot.X, d.x, false)
	}
	d.plot.Add(gridLines{x: d.chart.Kind == Scatter, y: true}, zeroLine{})
	many := 0
	for i := range d.chart.Series {
		many += len(ys[i])
	}
	for i := range d.chart.Series {
		colour := colourOf(i)
		x, y := xs[i], ys[i]
		switch {
		case d.chart.Kind == Line:
			d.plot.Add(plotter(func(c draw.Canvas, p *plot.Plot) { line(c, p, x, y, colour) }))
		case many > manyPoints:
			d.plot.Add(plotter(func(c draw.Canvas, p *plot.Plot) { cloud(c, p, x, y, colour) }))
		default:
			d.plot.Add(plotter(func(c draw.Canvas, p *plot.Plot) { dots(c, p, x, y, colour, many) }))
		}
	}
}

// manyPoints is from where on points are drawn as a picture of their density: a picture of
// so many circles would be slow to draw and, as SVG, large.
const manyPoints = 5000

func upTo(n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = float64(i)
	}
	return x
}

// together returns values with NaN where other is NaN.
func together(values, other []float64) []float64 {
	out := make([]float64, len(values))
	for i := range values {
		if out[i] = values[i]; math.IsNaN(other[i]) {
			out[i] = math.NaN()
		}
	}
	return out
}

func isWhole(lists ...[]float64) bool {
	for _, list := range lists {
		for _, v := range list {
			if !math.IsNaN(v) && (v != math.Trunc(v) || math.Abs(v) > 1e15) {
				return false
			}
		}
	}
	return true
}

// line draws a line through points, broken where a value is missing; with marks if there
// are few, and on points that stand alone.
func line(c draw.Canvas, p *plot.Plot, x, y []float64, colour color.NRGBA) {
	tx, ty := p.Transforms(&c)
	style := draw.LineStyle{Color: colour, Width: lineWidth}
	if len(x) > 2000 {
		style.Width = 1
	}
	c.SetLineStyle(style)
	var part []vg.Point
	flush := func() {
		switch {
		case len(part) == 1 || len(part) > 0 && len(x) <= 40:
			for _, at := range part {
				disc(c, colour, at, 2.6)
			}
		}
		if len(part) > 1 {
			var path vg.Path
			for i, at := range thin(part) {
				if i == 0 {
					path.Move(at)
				} else {
					path.Line(at)
				}
			}
			c.SetLineStyle(style)
			c.Stroke(path)
		}
		part = part[:0]
	}
	for i := range x {
		if math.IsNaN(x[i]) || math.IsNaN(y[i]) {
			flush()
			continue
		}
		if at := (vg.Point{X: tx(x[i]), Y: ty(y[i])}); sane(at.X, at.Y) {
			part = append(part, at)
		}
	}
	flush()
}

// thin leaves out points of a line that nobody could see: of those within a third of a
// point along x it keeps the first, the lowest, the highest and the last.
func thin(points []vg.Point) []vg.Point {
	if len(points) <= 2000 {
		return points
	}
	const step = 0.3
	var out []vg.Point
	for i := 0; i < len(points); {
		first := points[i].X
		lo, hi, j := i, i, i
		for ; j < len(points) && points[j].X >= first-step && points[j].X < first+step; j++ {
			if points[j].Y < points[lo].Y {
				lo = j
			}
			if points[j].Y > points[hi].Y {
				hi = j
			}
		}
		last := -1
		for _, k := range []int{i, min(lo, hi), max(lo, hi), j - 1} {
			if k != last {
				out = append(out, points[k])
			}
			last = k
		}
		i = j
	}
	return out
}

// dots draws points as discs, lighter where there are many.
func dots(c draw.Canvas, p *plot.Plot, x, y []float64, colour color.NRGBA, many int) {
	tx, ty := p.Transforms(&c)
	radius, alpha := vg.Length(3), 0.75
	if many > 300 {
		radius, alpha = 2, 0.5
	}
	for i := range x {
		if !math.IsNaN(x[i]) && !math.IsNaN(y[i]) {
			disc(c, faded(colour, alpha), vg.Point{X: tx(x[i]), Y: ty(y[i])}, radius)
		}
	}
}

// cloud draws very many points into a picture: the more points there are in a place, the
// denser is the colour.
func cloud(c draw.Canvas, p *plot.Plot, x, y []float64, colour color.NRGBA) {
	size := c.Size()
	const pixel = perPixel // one of a PNG
	w, h := int(math.Ceil(float64(size.X/pixel))), int(math.Ceil(float64(size.Y/pixel)))
	if w < 1 || h < 1 {
		return
	}
	counts := make([]uint32, w*h)
	for i := range x {
		if math.IsNaN(x[i]) || math.IsNaN(y[i]) {
			continue
		}
		px := int(p.X.Norm(x[i]) * float64(w-1))
		py := h - 1 - int(p.Y.Norm(y[i])*float64(h-1))
		for dy := -1; dy <= 1; dy++ {
			for dx := -1; dx <= 1; dx++ {
				if u, v := px+dx, py+dy; u >= 0 && u < w && v >= 0 && v < h && (dx == 0 || dy == 0) {
					counts[v*w+u]++
				}
			}
		}
	}
	// Half of a disc's colour for one point, and each further one takes as much of the rest.
	per := 0.5
	if len(x) > 50_000 {
		per = 0.25
	}
	picture := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i, n := range counts {
		if n > 0 {
			picture.SetNRGBA(i%w, i/w, faded(colour, 1-math.Pow(1-per, float64(n))))
		}
	}
	c.DrawImage(vg.Rectangle{Min: c.Min, Max: vg.Point{X: c.Min.X + vg.Length(w)*pixel, Y: c.Min.Y + vg.Length(h)*pixel}}, picture)
}
