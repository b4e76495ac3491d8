package chart

import (
	"image/color"
	"math"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	xfont "golang.org/x/image/font"
)

// Sizes, in points. A pixel of the picture is 0.6 of one.
const (
	perPixel  = 72.0 / dpi
	dpi       = 120
	margin    = vg.Length(10)
	titleSize = vg.Length(13)
	labelSize = vg.Length(10)
	tickSize  = vg.Length(9)
	lineWidth = vg.Length(1.8)
)

var (
	ink   = color.NRGBA{0x26, 0x2b, 0x33, 0xff} // titles and labels
	faint = color.NRGBA{0x55, 0x5c, 0x66, 0xff} // ticks
	axis  = color.NRGBA{0x9a, 0xa1, 0xab, 0xff}
	paper = color.NRGBA{0xff, 0xff, 0xff, 0xff}
	grid  = color.NRGBA{0xe6, 0xe8, 0xec, 0xff}
	blank = color.NRGBA{0xee, 0xee, 0xee, 0xff} // a cell without a value
)

// palette are colours that stay apart in print and for most eyes, the first ones most.
var palette = []color.NRGBA{
	{0x2b, 0x6c, 0xb0, 0xff}, {0xe0, 0x7b, 0x29, 0xff}, {0x2f, 0x9e, 0x6e, 0xff}, {0xc7, 0x3e, 0x4c, 0xff}, {0x7e, 0x5b, 0xb5, 0xff},
	{0x8a, 0x62, 0x4a, 0xff}, {0xd4, 0x6a, 0xa8, 0xff}, {0x5b, 0x67, 0x75, 0xff}, {0xb0, 0xa0, 0x26, 0xff}, {0x2a, 0xa6, 0xb8, 0xff},
}

// colourOf returns the colour of a series; those after the tenth are lighter.
func colourOf(i int) color.NRGBA {
	c := palette[i%len(palette)]
	if i/len(palette)%2 == 1 {
		c = mix(c, color.NRGBA{0xff, 0xff, 0xff, 0xff}, 0.45)
	}
	return c
}

// mix returns a colour on the way from a to b.
func mix(a, b color.NRGBA, t float64) color.NRGBA {
	at := func(x, y uint8) uint8 { return uint8(math.Round(float64(x) + t*(float64(y)-float64(x)))) }
	return color.NRGBA{at(a.R, b.R), at(a.G, b.G), at(a.B, b.B), at(a.A, b.A)}
}

func faded(c color.NRGBA, alpha float64) color.NRGBA {
	c.A = uint8(math.Round(255 * alpha))
	return c
}

// Scales of colours. The first is a shortened viridis (Smith and van der Walt, 2015), which
// grows evenly in lightness; the second goes through white, for values around zero.
var (
	sequential = []color.NRGBA{
		{0x44, 0x01, 0x54, 0xff}, {0x47, 0x2d, 0x7b, 0xff}, {0x3b, 0x52, 0x8b, 0xff}, {0x2c, 0x72, 0x8e, 0xff}, {0x21, 0x91, 0x8c, 0xff},
		{0x28, 0xae, 0x80, 0xff}, {0x5e, 0xc9, 0x62, 0xff}, {0xad, 0xdc, 0x30, 0xff}, {0xfd, 0xe7, 0x25, 0xff},
	}
	diverging = []color.NRGBA{
		{0x21, 0x4e, 0x8a, 0xff}, {0x5b, 0x93, 0xc7, 0xff}, {0xb9, 0xd3, 0xe8, 0xff}, {0xf7, 0xf7, 0xf7, 0xff},
		{0xf2, 0xc2, 0xb4, 0xff}, {0xd9, 0x75, 0x5f, 0xff}, {0xa0, 0x24, 0x2c, 0xff},
	}
)

// scaled returns the colour at t, from 0 to 1, of a scale.
func scaled(scale []color.NRGBA, t float64) color.NRGBA {
	at := max(0, min(1, t)) * float64(len(scale)-1)
	i := min(int(at), len(scale)-2)
	return mix(scale[i], scale[i+1], at-float64(i))
}

// dark says whether white text is to stand on a colour.
func dark(c color.NRGBA) bool {
	return 0.299*float64(c.R)+0.587*float64(c.G)+0.114*float64(c.B) < 140
}

// style returns a style of text.
func (d *drawing) style(size vg.Length, c color.Color, bold bool) text.Style {
	f := font.Font{Typeface: "Liberation", Variant: "Sans", Size: size}
	if bold {
		f.Weight = xfont.WeightBold
	}
	return text.Style{Color: c, Font: f, XAlign: draw.XLeft, YAlign: draw.YBottom, Handler: d.words}
}

// sane says whether all of some places are near the picture. The rasterizer takes a time
// that grows with how far a path goes, and NaN for a very far place.
func sane(places ...vg.Length) bool {
	for _, v := range places {
		if !(v > -20000 && v < 20000) {
			return false
		}
	}
	return true
}

// rectangle fills a rectangle between two corners.
func rectangle(c draw.Canvas, fill color.Color, x0, y0, x1, y1 vg.Length) {
	if !sane(x0, y0, x1, y1) {
		return
	}
	var p vg.Path
	p.Move(vg.Point{X: x0, Y: y0})
	p.Line(vg.Point{X: x1, Y: y0})
	p.Line(vg.Point{X: x1, Y: y1})
	p.Line(vg.Point{X: x0, Y: y1})
	p.Close()
	c.SetColor(fill)
	c.Fill(p)
}

// disc fills a circle.
func disc(c draw.Canvas, fill color.Color, at vg.Point, radius vg.Length) {
	if !sane(at.X, at.Y) {
		return
	}
	var p vg.Path
	p.Move(vg.Point{X: at.X + radius, Y: at.Y})
	p.Arc(at, radius, 0, 2*math.Pi)
	p.Close()
	c.SetColor(fill)
	c.Fill(p)
}

// stroke draws a line between two points.
func stroke(c draw.Canvas, colour color.Color, width, x0, y0, x1, y1 vg.Length) {
	if !sane(x0, y0, x1, y1) {
		return
	}
	c.StrokeLine2(draw.LineStyle{Color: colour, Width: width}, x0, y0, x1, y1)
}
