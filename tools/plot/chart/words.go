package chart

import (
	"math"
	"strings"

	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/font/liberation"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
)

// liberationFonts are the fonts that the program brings along: Latin, Greek and Cyrillic.
var liberationFonts = font.NewCache(liberation.Collection())

// words measures and draws text (text.Handler). What the Liberation fonts do not have is
// drawn with the fonts of the machine, character by character. An SVG names its fonts and
// leaves the choice to whoever shows it, so there nothing is looked for and nothing can be
// missing.
type words struct {
	fonts   *Fonts
	vector  bool
	missing map[rune]bool // drawn as a box: no font has them
	buf     sfnt.Buffer
}

var _ text.Handler = (*words)(nil)

func (w *words) Cache() *font.Cache { return liberationFonts }

func (w *words) Extents(f font.Font) font.Extents {
	face := liberationFonts.Lookup(f, f.Size)
	return face.Extents()
}

func (w *words) Lines(s string) []string { return strings.Split(strings.TrimRight(s, "\n"), "\n") }

func (w *words) Box(s string, f font.Font) (width, height, depth vg.Length) {
	e := w.Extents(f)
	return w.width(s, f), e.Ascent, e.Descent
}

// box stands for a character that no font has.
const box = '□'

// run is a piece of a text in one font.
type run struct {
	face  font.Face
	text  string
	width vg.Length
}

// runs cuts a text where the font changes.
func (w *words) runs(s string, f font.Font) []run {
	main := liberationFonts.Lookup(f, f.Size)
	var list []run
	add := func(face font.Face, r rune) {
		if n := len(list); n > 0 && list[n-1].face.Face == face.Face {
			list[n-1].text += string(r)
			return
		}
		list = append(list, run{face: face, text: string(r)})
	}
	for _, r := range s {
		if w.vector || w.has(main.Face, r) {
			add(main, r)
		} else if other := w.fonts.with(r); other != nil {
			add(font.Face{Font: f, Face: other}, r)
		} else {
			w.missing[r] = true
			add(main, box)
		}
	}
	for i := range list {
		list[i].width = w.runWidth(&list[i])
	}
	return list
}

func (w *words) has(f *opentype.Font, r rune) bool {
	i, err := f.GlyphIndex(&w.buf, r)
	return err == nil && i != 0
}

// runWidth measures a run. In an SVG, characters that the Liberation fonts do not have
// count as wide as they usually are.
func (w *words) runWidth(r *run) vg.Length {
	if !w.vector {
		return r.face.Width(r.text)
	}
	var known strings.Builder
	other := vg.Length(0)
	for _, c := range r.text {
		switch {
		case w.has(r.face.Face, c):
			known.WriteRune(c)
		case c >= 0x1100: // Chinese, Japanese and Korean, and pictures
			other += r.face.Font.Size
		default:
			other += r.face.Font.Size * 0.6
		}
	}
	return r.face.Width(known.String()) + other
}

func (w *words) width(s string, f font.Font) (sum vg.Length) {
	for _, r := range w.runs(s, f) {
		sum += r.width
	}
	return sum
}

// Draw draws lines of text around a point as their style says, as text.Plain does.
func (w *words) Draw(c vg.Canvas, s string, style text.Style, at vg.Point) {
	if s = strings.TrimRight(s, "\n"); s == "" {
		return
	}
	c.SetColor(style.Color)
	if style.Rotation != 0 {
		c.Push()
		defer c.Pop()
		c.Rotate(style.Rotation)
		sin, cos := math.Sincos(style.Rotation)
		at.X, at.Y = at.Y*vg.Length(sin)+at.X*vg.Length(cos), at.Y*vg.Length(cos)-at.X*vg.Length(sin)
	}
	lines := w.Lines(s)
	at.Y += style.Height(s)*vg.Length(style.YAlign) - w.Extents(style.Font).Ascent
	for i, line := range lines {
		runs := w.runs(line, style.Font)
		x := at.X
		for _, r := range runs {
			x += r.width * vg.Length(style.XAlign)
		}
		y := at.Y + vg.Length(len(lines)-i)*style.Font.Size
		for _, r := range runs {
			c.FillString(r.face, vg.Point{X: x, Y: y}, r.text)
			x += r.width
		}
	}
}

// fit cuts a text to a width.
func (w *words) fit(s string, f font.Font, width vg.Length) string {
	if w.width(s, f) <= width {
		return s
	}
	runes := []rune(s)
	lo, hi := 0, len(runes) // so many fit, so many do not
	for lo+1 < hi {
		n := (lo + hi) / 2
		if w.width(string(runes[:n])+"…", f) <= width {
			lo = n
		} else {
			hi = n
		}
	}
	return strings.TrimSpace(string(runes[:lo])) + "…"
}

// wrap breaks a text into at most so many lines of a width; what is left over is cut.
func (w *words) wrap(s string, f font.Font, width vg.Length, most int) string {
	s = strings.Join(strings.Fields(s), " ")
	if w.width(s, f) <= width {
		return s
	}
	var lines []string
	line := ""
	for _, word := range breakable(s) {
		if line != "" && w.width(line+strings.TrimRight(word, " "), f) > width && len(lines) < most-1 {
			lines = append(lines, strings.TrimSpace(line))
			line = ""
		}
		line += word
	}
	lines = append(lines, strings.TrimSpace(line))
	for i := range lines {
		lines[i] = w.fit(lines[i], f, width)
	}
	return strings.Join(lines, "\n")
}

// breakable cuts a text where a line may be broken: behind blanks, and around Chinese
// characters.
func breakable(s string) (pieces []string) {
	from := 0
	for i, r := range s {
		if r >= 0x2e80 && i > from {
			pieces = append(pieces, s[from:i])
			from = i
		}
		if n := i + len(string(r)); r == ' ' || r >= 0x2e80 {
			pieces = append(pieces, s[from:n])
			from = n
		}
	}
	return append(pieces, s[from:])
}
