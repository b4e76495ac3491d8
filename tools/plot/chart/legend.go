package chart

import (
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// hasLegend says whether the colours have to be explained.
func (d *drawing) hasLegend() bool {
	switch d.chart.Kind {
	case Box, Heatmap:
		return false
	}
	return len(d.chart.Series) > 1
}

// legend draws the names of the series beside their colours, in lines below the title, and
// returns the height.
func (d *drawing) legend(c draw.Canvas) vg.Length {
	const (
		swatch = vg.Length(12)
		gap    = vg.Length(5)
		apart  = vg.Length(14)
		lines  = 4
	)
	style := d.style(tickSize, ink, false)
	line := style.FontExtents().Height + 4
	x, y, used := c.Min.X, c.Max.Y, 1
	most := (c.Size().X - swatch - gap) / 2
	for i := range d.chart.Series {
		name := d.words.fit(shorten(d.chart.Series[i].Name, 60), style.Font, most)
		width := swatch + gap + style.Width(name)
		if x > c.Min.X && x+width > c.Max.X {
			if used == lines {
				break
			}
			x, y, used = c.Min.X, y-line, used+1
		}
		middle := y - line/2
		colour := colourOf(i)
		switch d.chart.Kind {
		case Line:
			stroke(c, colour, 2.4, x, middle, x+swatch, middle)
		case Scatter:
			disc(c, colour, vg.Point{X: x + swatch/2, Y: middle}, 3)
		default:
			rectangle(c, colour, x+1, middle-4, x+9, middle+4)
		}
		c.FillText(style, vg.Point{X: x + swatch + gap, Y: middle - style.FontExtents().Ascent/2 + 0.5}, name)
		x += width + apart
	}
	return vg.Length(used)*line + 6
}
