package chart

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Format is a format of pictures.
type Format string

// The formats.
const (
	PNG Format = "png"
	SVG Format = "svg"
)

// MediaType returns the format's name in the registry of IANA.
func (f Format) MediaType() string {
	if f == SVG {
		return "image/svg+xml"
	}
	return "image/png"
}

// Options are how a chart is drawn. The zero value is a PNG of the usual size.
type Options struct {
	Format        Format // "" is PNG
	Width, Height int    // in pixels; 0 is 960 and 600
	Fonts         *Fonts // for characters that the program's own fonts do not have; nil is SystemFonts()
}

// The size of a picture.
const (
	DefaultWidth  = 960
	DefaultHeight = 600
)

// Drawn says what became of a chart.
type Drawn struct {
	Width, Height int    // pixels
	Missing       []rune // characters that stand as □ in the picture, because no font here has them
	Dropped       string // what there was no room for, such as "the legend"; "" is nothing
}

// Draw draws a chart. Its error is an Error unless w fails.
func (c *Chart) Draw(w io.Writer, o Options) (Drawn, error) {
	if o.Format == "" {
		o.Format = PNG
	}
	if o.Width == 0 {
		o.Width = DefaultWidth
	}
	if o.Height == 0 {
		o.Height = DefaultHeight
	}
	if o.Fonts == nil {
		o.Fonts = SystemFonts()
	}
	done := Drawn{Width: o.Width, Height: o.Height}
	if o.Format != PNG && o.Format != SVG {
		return done, fault("there is no picture format %q; the formats are: png, svg", o.Format)
	}
	if min(o.Width, o.Height) < MinSide || max(o.Width, o.Height) > MaxSide {
		return done, fault("a picture of %d × %d pixels was asked for; each side may have %d to %d", o.Width, o.Height, MinSide, MaxSide)
	}
	if err := c.Check(); err != nil {
		return done, err
	}
	c = c.clean()
	width, height := vg.Length(o.Width)*perPixel, vg.Length(o.Height)*perPixel
	var canvas vg.CanvasSizer
	var d *drawing
	for level := full; ; level++ {
		if level > bare {
			return done, fault("a picture of %d × %d pixels is too small for this chart; make it larger", o.Width, o.Height)
		}
		d = &drawing{chart: c, level: level, words: &words{fonts: o.Fonts, vector: o.Format == SVG, missing: map[rune]bool{}}}
		if d.words.vector {
			canvas = vgsvg.New(width, height)
		} else {
			canvas = vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(dpi))
		}
		if d.draw(draw.New(canvas)) {
			break
		}
	}
	done.Dropped = d.dropped()
	for r := range d.words.missing {
		done.Missing = append(done.Missing, r)
	}
	slices.Sort(done.Missing)
	switch canvas := canvas.(type) {
	case *vgsvg.Canvas:
		var b bytes.Buffer
		if _, err := canvas.WriteTo(&b); err != nil {
			return done, err
		}
		_, err := w.Write(withFallbacks(b.Bytes()))
		return done, err
	case *vgimg.Canvas:
		_, err := vgimg.PngCanvas{Canvas: canvas}.WriteTo(w)
		return done, err
	}
	return done, nil
}

// withFallbacks names, beside the font that an SVG was measured with, those of the same
// widths and then any. A text has no quotation marks that could look like a style's.
func withFallbacks(svg []byte) []byte {
	return bytes.ReplaceAll(svg, []byte(`style="font-family:Liberation Sans;font-variant:normal;`), []byte(`style="font-family:'Liberation Sans',Arial,Helvetica,sans-serif;`))
}

// Levels of what is drawn around the data. Where there is no room, some is left out.
const (
	full      = iota
	noLegend  // nor the bar of a heat map's colours
	noTitle   // nor a legend
	noLabels  // of the axes, nor what is above
	bare      // no names or numbers along the axes either
	leastData = vg.Length(24)
)

// dropped says what was left out.
func (d *drawing) dropped() string {
	switch {
	case d.level >= bare:
		return "the title, the legend, and what stands along the axes"
	case d.level == noLabels:
		return "the title, the legend and the labels of the axes"
	case d.level == noTitle:
		return "the title and the legend"
	case d.level == noLegend:
		return "the legend"
	}
	return ""
}

// drawing is a chart under way.
type drawing struct {
	chart *Chart
	level int
	words *words
	plot  *plot.Plot
	x, y  scale
}

// draw lays the picture out: the title, the legend below it, then the plot, at the right of
// a heat map the bar of its colours. It stops and returns false if too little room is left
// for the data.
func (d *drawing) draw(c draw.Canvas) bool {
	rectangle(c, paper, c.Min.X, c.Min.Y, c.Max.X, c.Max.Y)
	c = draw.Crop(c, margin, -margin, margin, -margin)
	if d.level < noTitle {
		c.Max.Y -= d.title(c)
	}
	if d.hasLegend() && d.level < noLegend {
		c.Max.Y -= d.legend(c)
	}
	d.plot = plot.New()
	d.plot.BackgroundColor = nil
	d.plot.TextHandler = d.words
	d.plot.Title.TextStyle.Handler = d.words
	d.plot.Legend.TextStyle.Handler = d.words
	d.axis(&d.plot.X, c.Size().X*0.9, d.chart.XLabel)
	d.axis(&d.plot.Y, c.Size().Y*0.9, d.chart.YLabel)
	d.plot.Y.LineStyle.Width = 0
	d.plot.Y.Tick.Length = 0
	switch d.chart.Kind {
	case Line, Scatter:
		d.points(c)
	case Bar:
		d.bars(c)
	case Histogram:
		d.histogram(c)
	case Box:
		d.boxes(c)
	case Heatmap:
		return d.heatmap(c)
	}
	if !d.fits(c) {
		return false
	}
	d.plot.Draw(c)
	return true
}

// fits says whether there is room for the data. Where there is none, the layout of package
// plot gives places far outside, which would take the rasterizer hours to fill.
func (d *drawing) fits(c draw.Canvas) bool {
	if d.level >= bare {
		for _, a := range []*plot.Axis{&d.plot.X, &d.plot.Y} {
			a.Tick.Marker = plot.ConstantTicks(nil)
		}
	}
	data := d.plot.DataCanvas(c)
	const slack = 1
	return data.Size().X >= leastData && data.Size().Y >= leastData &&
		data.Min.X >= c.Min.X-slack && data.Min.Y >= c.Min.Y-slack && data.Max.X <= c.Max.X+slack && data.Max.Y <= c.Max.Y+slack
}

// title draws the title and returns its height.
func (d *drawing) title(c draw.Canvas) vg.Length {
	if strings.TrimSpace(d.chart.Title) == "" {
		return vg.Length(4)
	}
	style := d.style(titleSize, ink, true)
	style.YAlign = draw.YTop
	text := d.words.wrap(shorten(d.chart.Title, 300), style.Font, c.Size().X, 2)
	c.FillText(style, vg.Point{X: c.Min.X, Y: c.Max.Y + 2}, text)
	return style.Height(text) + 8
}

// axis sets how an axis looks; its label gets one line of a length.
func (d *drawing) axis(a *plot.Axis, length vg.Length, label string) {
	a.Label.TextStyle = d.style(labelSize, ink, false)
	a.Label.TextStyle.XAlign = draw.XCenter
	a.Label.Padding = 4
	if d.level >= noLabels {
		label = ""
	}
	a.Label.Text = d.words.fit(strings.Join(strings.Fields(shorten(label, 300)), " "), a.Label.TextStyle.Font, length)
	ticks := d.style(tickSize, faint, false)
	ticks.XAlign, ticks.YAlign = a.Tick.Label.XAlign, a.Tick.Label.YAlign
	a.Tick.Label = ticks
	a.LineStyle = draw.LineStyle{Color: axis, Width: 0.8}
	a.Tick.LineStyle = draw.LineStyle{Color: axis, Width: 0.8}
	a.Tick.Length = 4
	a.Padding = 2
}

// set gives an axis its scale. What lies exactly at its ends is drawn too.
func set(a *plot.Axis, s scale, logarithmic bool) {
	a.Min, a.Max = s.lo, s.hi
	if logarithmic {
		a.Scale = plot.LogScale{}
		a.Min, a.Max = s.lo*(1-1e-9), s.hi*(1+1e-9)
	} else {
		room := (s.hi - s.lo) * 1e-9
		a.Min, a.Max = s.lo-room, s.hi+room
	}
	a.Tick.Marker = plot.ConstantTicks(s.ticks)
}

// about returns how many ticks a length has room for.
func about(length vg.Length, each float64) int {
	return int(max(2, min(12, float64(length)/each)))
}

// setY gives the y axis a scale for values from lo to hi.
func (d *drawing) setY(c draw.Canvas, lo, hi float64, whole bool) {
	n := about(c.Size().Y, 38)
	if d.chart.LogY {
		d.y = logarithmic(lo, hi, n)
	} else {
		d.y = linear(lo, hi, n, true, whole)
	}
	set(&d.plot.Y, d.y, d.chart.LogY)
}

// dataWidth returns how wide the plot will be, without the labels at its left. The y axis
// has to be set.
func (d *drawing) dataWidth(c draw.Canvas) vg.Length {
	marker, lo, hi := d.plot.X.Tick.Marker, d.plot.X.Min, d.plot.X.Max
	defer func() { d.plot.X.Tick.Marker, d.plot.X.Min, d.plot.X.Max = marker, lo, hi }()
	d.plot.X.Tick.Marker, d.plot.X.Min, d.plot.X.Max = plot.ConstantTicks(nil), 0, 1
	if width := d.plot.DataCanvas(c).Size().X; width >= leastData && width <= c.Size().X {
		return width
	}
	return leastData // it will not fit
}

// setNames puts names along the x axis, at 0, 1, 2 …: level if they fit, else slanting, and
// only every second, third … where there are too many.
func (d *drawing) setNames(c draw.Canvas, names []string) {
	n := len(names)
	style := &d.plot.X.Tick.Label
	room := d.dataWidth(c) / vg.Length(n) // of a name
	line := style.FontExtents().Height
	const gap = 6
	longest := vg.Length(0)
	short := make([]string, n)
	for i, name := range names {
		short[i] = shorten(strings.Join(strings.Fields(name), " "), 28)
		if n <= 400 {
			longest = max(longest, style.Width(short[i]))
		}
	}
	every := 1
	switch {
	case n <= 400 && longest+gap <= room:
	case n > 1 && n <= 400 && longest <= 40 && longest+gap <= room*4: // short ones, such as numbers: level, with gaps
		every = int(math.Ceil(float64((longest + gap) / room)))
	default:
		every = max(1, int(math.Ceil(float64(line*1.8/room)))) // they stand in a slope, one behind the other
		style.Rotation = math.Pi / 5
		d.plot.X.Tick.Length = 8 // the slanting ends reach up
		style.XAlign, style.YAlign = draw.XRight, draw.YCenter
		left := c.Size().X - room*vg.Length(n) // of the plot: a label must not reach out of the picture
		for i := 0; i < n; i += max(1, every) {
			reach := (left + room*(vg.Length(i)+0.5)) / vg.Length(math.Cos(style.Rotation))
			short[i] = d.words.fit(short[i], style.Font, min(c.Size().Y*0.4, reach))
		}
	}
	d.x = scale{lo: -0.5, hi: float64(n) - 0.5}
	every = max(1, min(every, n))
	for i := 0; i < n; i += every {
		label := short[i]
		if label == "" {
			label = " "
		}
		d.x.ticks = append(d.x.ticks, plot.Tick{Value: float64(i), Label: label})
	}
	set(&d.plot.X, d.x, false)
	if n <= 60 && every == 1 {
		d.plot.X.Tick.LineStyle.Color = paper // a name stands below what it belongs to
	}
}

// gridLines are lines behind the data at the ticks.
type gridLines struct{ x, y bool }

func (g gridLines) Plot(c draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&c)
	if g.y {
		for _, t := range p.Y.Tick.Marker.Ticks(p.Y.Min, p.Y.Max) {
			if y := ty(t.Value); c.ContainsY(y) {
				stroke(c, grid, 0.7, c.Min.X, y, c.Max.X, y)
			}
		}
	}
	if g.x {
		for _, t := range p.X.Tick.Marker.Ticks(p.X.Min, p.X.Max) {
			if x := tx(t.Value); c.ContainsX(x) {
				stroke(c, grid, 0.7, x, c.Min.Y, x, c.Max.Y)
			}
		}
	}
}

// zeroLine stands where y is 0, if that is within the plot.
type zeroLine struct{}

func (zeroLine) Plot(c draw.Canvas, p *plot.Plot) {
	if p.Y.Min >= 0 || p.Y.Max <= 0 {
		return
	}
	_, ty := p.Transforms(&c)
	stroke(c, axis, 0.8, c.Min.X, ty(0), c.Max.X, ty(0))
}

// plotter is a plot.Plotter that is a function.
type plotter func(c draw.Canvas, p *plot.Plot)

func (f plotter) Plot(c draw.Canvas, p *plot.Plot) { f(c, p) }

// MissingText says in a sentence what Missing has, "" if nothing.
func (d Drawn) MissingText() string {
	if len(d.Missing) == 0 {
		return ""
	}
	shown := d.Missing
	more := ""
	if len(shown) > 12 {
		more = fmt.Sprintf(" and %d more", len(shown)-12)
		shown = shown[:12]
	}
	return fmt.Sprintf("No font on this machine has the characters %s%s; they stand as %c in the picture. To see them, %s, or write an .svg file, which is shown with the fonts of the viewer.",
		string(shown), more, box, InstallHint())
}
