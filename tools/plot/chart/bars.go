package chart

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// groupWidth is how much of a place a group of bars takes.
const groupWidth = 0.78

// bars draws a group of bars for each name, one of each series.
func (d *drawing) bars(c draw.Canvas) {
	n := len(d.chart.Names)
	var lists [][]float64
	for _, s := range d.chart.Series {
		n = max(n, len(s.Y))
		lists = append(lists, s.Y)
	}
	names := d.chart.Names
	for i := len(names); i < n; i++ {
		names = append(names[:i:i], short(float64(i+1), 6))
	}
	lo, hi, _ := span(lists...)
	labels := n*len(d.chart.Series) <= 30
	if !d.chart.LogY {
		lo, hi = min(lo, 0), max(hi, 0)
		if lo == hi {
			hi = 1
		}
		if labels { // which stand above the highest bar and below the lowest
			room := (hi - lo) * 0.04
			if hi > 0 {
				hi += room
			}
			if lo < 0 {
				lo -= room
			}
		}
	}
	d.plot.X.Padding = 0 // bars stand on the axis
	d.setY(c, lo, hi, false)
	d.setNames(c, names)
	slot := d.dataWidth(c) * groupWidth / vg.Length(n*len(d.chart.Series))
	d.plot.Add(gridLines{y: true}, plotter(func(c draw.Canvas, p *plot.Plot) {
		for i, s := range d.chart.Series {
			d.barsOf(c, p, i, s.Y)
		}
	}), zeroLine{})
	if labels {
		d.plot.Add(plotter(func(c draw.Canvas, p *plot.Plot) { d.barLabels(c, p, slot) }))
	}
}

// place returns where a bar begins and ends along x.
func (d *drawing) place(c *draw.Canvas, p *plot.Plot, series, name int) (x0, x1 vg.Length) {
	tx, _ := p.Transforms(c)
	n := float64(len(d.chart.Series))
	at := float64(name) - groupWidth/2 + groupWidth*float64(series)/n
	x0, x1 = tx(at), tx(at+groupWidth/n)
	if gap := x1 - x0; n > 1 && gap > 5 {
		x1 -= 1
	}
	return x0, max(x1, x0+0.4)
}

func (d *drawing) barsOf(c draw.Canvas, p *plot.Plot, series int, values []float64) {
	_, ty := p.Transforms(&c)
	base := p.Y.Min
	if !d.chart.LogY {
		base = 0
	}
	for i, v := range values {
		if math.IsNaN(v) {
			continue
		}
		x0, x1 := d.place(&c, p, series, i)
		rectangle(c, colourOf(series), x0, ty(base), x1, ty(v))
	}
}

// barLabels writes the value of each bar at its end, if all of them fit there.
func (d *drawing) barLabels(c draw.Canvas, p *plot.Plot, slot vg.Length) {
	style := d.style(8, faint, false)
	style.XAlign = draw.XCenter
	for _, s := range d.chart.Series {
		for _, v := range s.Y {
			if !math.IsNaN(v) && style.Width(short(v, 5)) > slot*1.15 {
				return
			}
		}
	}
	_, ty := p.Transforms(&c)
	for i, s := range d.chart.Series {
		for j, v := range s.Y {
			if math.IsNaN(v) {
				continue
			}
			x0, x1 := d.place(&c, p, i, j)
			style.YAlign = draw.YBottom
			y := ty(v) + 2
			if v < 0 && !d.chart.LogY {
				style.YAlign = draw.YTop
				y = ty(v) - 1
			}
			c.FillText(style, vg.Point{X: (x0 + x1) / 2, Y: y}, short(v, 5))
		}
	}
}
