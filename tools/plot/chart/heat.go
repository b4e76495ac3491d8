package chart

import (
	"image"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// heatmap draws the values of a table as colours, the first row at the top.
func (d *drawing) heatmap(c draw.Canvas) bool {
	rows := len(d.chart.Series)
	var lists [][]float64
	columns := len(d.chart.Names)
	for _, s := range d.chart.Series {
		lists, columns = append(lists, s.Y), max(columns, len(s.Y))
	}
	names := d.chart.Names
	for i := len(names); i < columns; i++ {
		names = append(names[:i:i], short(float64(i+1), 6))
	}
	lo, hi, _ := span(lists...)
	colours := sequential
	from, to := lo, hi
	if lo < 0 && hi > 0 {
		colours = diverging
		from, to = -max(-lo, hi), max(-lo, hi)
	}
	if from == to {
		from, to = apart(from, to)
	}
	shade := func(v float64) color.NRGBA {
		if math.IsNaN(v) {
			return blank
		}
		return scaled(colours, (v-from)/(to-from))
	}
	bar := linear(from, to, about(c.Size().Y, 38), false, false)
	labels := d.style(tickSize, faint, false)
	wide := vg.Length(0)
	for _, t := range bar.ticks {
		wide = max(wide, labels.Width(t.Label))
	}
	const barWidth, gap = vg.Length(12), vg.Length(12)
	right := wide + barWidth + gap + 6
	all := c
	if d.level < noLegend {
		c.Max.X -= right
	}

	d.setRows(c)
	d.setNames(c, names)
	d.plot.X.Padding, d.plot.Y.Padding = 0, 0
	d.plot.X.LineStyle.Width = 0
	d.plot.X.Tick.LineStyle.Color = paper
	cell := func(c draw.Canvas) func(row, column int) (x0, y0, x1, y1 vg.Length) {
		w, h := c.Size().X/vg.Length(columns), c.Size().Y/vg.Length(rows)
		return func(row, column int) (x0, y0, x1, y1 vg.Length) {
			return c.Min.X + w*vg.Length(column), c.Max.Y - h*vg.Length(row+1), c.Min.X + w*vg.Length(column+1), c.Max.Y - h*vg.Length(row)
		}
	}
	d.plot.Add(plotter(func(c draw.Canvas, p *plot.Plot) {
		if rows*columns > 10_000 {
			d.heatPicture(c, columns, shade)
			return
		}
		at := cell(c)
		for i, s := range d.chart.Series {
			for j := range columns {
				v := math.NaN()
				if j < len(s.Y) {
					v = s.Y[j]
				}
				x0, y0, x1, y1 := at(i, j)
				// A little over the next ones, which are drawn later: no seams between them.
				if j+1 < columns {
					x1 += 0.5
				}
				if i+1 < rows {
					y0 -= 0.5
				}
				rectangle(c, shade(v), x0, y0, x1, y1)
			}
		}
		d.cellLabels(c, at, shade)
	}))
	if !d.fits(c) {
		return false
	}
	d.plot.Draw(c)
	if d.level >= noLegend {
		return true
	}
	d.colourBar(draw.Crop(all, all.Size().X-right+gap, 0, 0, 0), d.plot.DataCanvas(c), bar, func(t float64) color.NRGBA { return scaled(colours, t) }, from, to)
	return true
}

// setRows puts the names of the rows along the y axis, only every second, third … where
// there are too many.
func (d *drawing) setRows(c draw.Canvas) {
	rows := len(d.chart.Series)
	style := &d.plot.Y.Tick.Label
	every := max(1, int(math.Ceil(float64(style.FontExtents().Height*1.1*vg.Length(rows)/(c.Size().Y*0.85)))))
	d.y = scale{lo: -0.5, hi: float64(rows) - 0.5}
	for i := 0; i < rows; i += every {
		label := d.words.fit(shorten(d.chart.Series[i].Name, 40), style.Font, c.Size().X*0.25)
		if label == "" {
			label = " "
		}
		d.y.ticks = append(d.y.ticks, plot.Tick{Value: float64(rows - 1 - i), Label: label})
	}
	set(&d.plot.Y, d.y, false)
}

// cellLabels writes the values into the cells if there are few and they fit.
func (d *drawing) cellLabels(c draw.Canvas, at func(row, column int) (x0, y0, x1, y1 vg.Length), shade func(float64) color.NRGBA) {
	rows, columns := len(d.chart.Series), 0
	style := d.style(8, ink, false)
	style.XAlign, style.YAlign = draw.XCenter, draw.YCenter
	widest := vg.Length(0)
	for _, s := range d.chart.Series {
		columns = max(columns, len(s.Y))
		if rows*columns > 400 {
			return
		}
		for _, v := range s.Y {
			if !math.IsNaN(v) {
				widest = max(widest, style.Width(short(v, 3)))
			}
		}
	}
	if x0, y0, x1, y1 := at(0, 0); widest+4 > x1-x0 || style.FontExtents().Height+2 > y1-y0 {
		return
	}
	for i, s := range d.chart.Series {
		for j, v := range s.Y {
			if math.IsNaN(v) {
				continue
			}
			x0, y0, x1, y1 := at(i, j)
			if style.Color = ink; dark(shade(v)) {
				style.Color = paper
			}
			c.FillText(style, vg.Point{X: (x0 + x1) / 2, Y: (y0+y1)/2 + 1.5}, short(v, 3))
		}
	}
}

// heatPicture draws very many cells as a picture of the pixels of a PNG.
func (d *drawing) heatPicture(c draw.Canvas, columns int, shade func(float64) color.NRGBA) {
	rows := len(d.chart.Series)
	w, h := max(1, int(math.Round(float64(c.Size().X/perPixel)))), max(1, int(math.Round(float64(c.Size().Y/perPixel))))
	picture := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		s := d.chart.Series[y*rows/h]
		for x := range w {
			v := math.NaN()
			if j := x * columns / w; j < len(s.Y) {
				v = s.Y[j]
			}
			picture.SetNRGBA(x, y, shade(v))
		}
	}
	c.DrawImage(c.Rectangle, picture)
}

// colourBar draws what the colours mean, beside the data.
func (d *drawing) colourBar(c, data draw.Canvas, s scale, colour func(float64) color.NRGBA, lo, hi float64) {
	const width, steps = vg.Length(12), 100
	c.Min.Y, c.Max.Y = data.Min.Y, data.Max.Y
	height := c.Size().Y
	for i := range steps {
		y0, y1 := c.Min.Y+height*vg.Length(i)/steps, c.Min.Y+height*vg.Length(i+1)/steps
		if i+1 < steps {
			y1 += 0.5
		}
		rectangle(c, colour((float64(i)+0.5)/steps), c.Min.X, y0, c.Min.X+width, y1)
	}
	style := d.style(tickSize, faint, false)
	style.YAlign = draw.YCenter
	for _, t := range s.ticks {
		y := c.Min.Y + height*vg.Length((t.Value-lo)/(hi-lo))
		stroke(c, axis, 0.8, c.Min.X+width, y, c.Min.X+width+3, y)
		c.FillText(style, vg.Point{X: c.Min.X + width + 5, Y: y + 1.5}, t.Label)
	}
}
