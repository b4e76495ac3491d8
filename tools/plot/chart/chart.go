// Package chart draws charts of numbers to PNG and SVG: lines, bars, points, histograms,
// boxes and heat maps, with a title, axes, a legend, names or dates along an axis, and a
// logarithmic axis. The same chart gives the same bytes.
package chart

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Kind is a kind of chart.
type Kind string

// The kinds.
const (
	Line      Kind = "line"
	Bar       Kind = "bar"
	Scatter   Kind = "scatter"
	Histogram Kind = "histogram"
	Box       Kind = "box"
	Heatmap   Kind = "heatmap"
)

// Kinds are all kinds.
var Kinds = []Kind{Line, Bar, Scatter, Histogram, Box, Heatmap}

// Limits of what is drawn. What has more says nothing to anybody who looks at it.
const (
	MaxPoints = 2_000_000 // in all series
	MaxSeries = 20        // told apart by colour
	MaxNames  = 2000      // of bars and boxes; of rows or columns of a heat map
	MaxCells  = 400_000   // of a heat map
	MaxSide   = 4000      // pixels
	MinSide   = 120
)

// Chart is what is drawn.
type Chart struct {
	Kind                  Kind
	Title, XLabel, YLabel string

	// Names stand along the x axis: those of groups of bars, of the columns of a heat map, or
	// of the places 0, 1, 2 … of lines and points.
	Names []string

	Dates      bool // Line and Scatter: x is in seconds since 1970, shown in UTC
	LogX, LogY bool // logarithmic axes; not of a Heatmap, LogX not of a Bar, a Box or Names
	Bins       int  // Histogram: how many; 0 chooses

	Series []Series
}

// Series is a line, the bars of one colour, a cloud of points, the values of a histogram or
// of a box, or a row of a heat map, the first one at the top. A Y that is NaN is not there.
type Series struct {
	Name string
	X    []float64 // Line and Scatter; nil is 0, 1, 2 …
	Y    []float64
}

// Error is what is wrong with a chart. It says what would be right.
type Error string

func (e Error) Error() string { return string(e) }

func fault(format string, args ...any) error { return Error(fmt.Sprintf(format, args...)) }

// Check reports why a chart cannot be drawn.
func (c *Chart) Check() error {
	switch {
	case !slices.Contains(Kinds, c.Kind):
		return fault("there is no kind of chart %q; the kinds are: %s", c.Kind, kindList())
	case len(c.Series) == 0:
		return fault("there is nothing to draw: no series was given")
	case c.Bins < 0 || c.Bins > 1000:
		return fault("%d bins were asked for, want 1 to 1000, or 0 to have the number chosen", c.Bins)
	case c.Kind == Heatmap && (c.LogX || c.LogY), c.LogX && (c.Kind == Bar || c.Kind == Box || c.Names != nil || c.Dates):
		return fault("a %s chart has no logarithmic axis there; leave it out", c.Kind)
	}
	most := MaxSeries
	if c.Kind == Box || c.Kind == Heatmap {
		most = MaxNames
	}
	if n := len(c.Series); n > most {
		return fault("there are %d series, at most %d can be told apart; choose fewer", n, most)
	}
	if n := len(c.Names); n > MaxNames && (c.Kind == Bar || c.Kind == Heatmap) {
		return fault("there are %d names along the x axis, at most %d fit; draw a histogram, or fewer rows", n, MaxNames)
	}
	points, usable := 0, 0
	for _, s := range c.Series {
		if s.X != nil && len(s.X) != len(s.Y) {
			return fault("%s has %d values of x and %d of y; give both the same number", quoteName(s.Name), len(s.X), len(s.Y))
		}
		if c.Names != nil && c.Kind != Box && c.Kind != Histogram && s.X == nil && len(s.Y) > len(c.Names) {
			return fault("%s has %d values for %d names; give both the same number", quoteName(s.Name), len(s.Y), len(c.Names))
		}
		points += len(s.Y)
		for i, y := range s.Y {
			if math.IsInf(y, 0) || s.X != nil && math.IsInf(s.X[i], 0) || math.Abs(y) > maxValue || s.X != nil && math.Abs(s.X[i]) > maxValue {
				return fault("%s has a value beyond %g; leave it out", quoteName(s.Name), maxValue)
			}
			if !math.IsNaN(y) && (s.X == nil || !math.IsNaN(s.X[i])) {
				usable++
			}
		}
	}
	switch {
	case points > MaxPoints:
		return fault("there are %d points, at most %d are drawn; draw a part of them, or their means", points, MaxPoints)
	case usable == 0:
		return fault("there is nothing to draw: every value is missing")
	case c.Kind == Heatmap && len(c.Series)*len(c.Names) > MaxCells:
		return fault("the heat map would have %d cells, at most %d are drawn", len(c.Series)*len(c.Names), MaxCells)
	}
	return c.checkLog()
}

// maxValue is beyond what is drawn: the arithmetic of axes would overflow.
const maxValue = 1e100

// clean returns a copy of a chart with texts that can be drawn: valid UTF-8, and without
// control characters, which an SVG may not have.
func (c *Chart) clean() *Chart {
	text := func(s string) string {
		return strings.Map(func(r rune) rune {
			switch {
			case r == '\n' || r == '\t' || r == '\r':
				return ' '
			case r < ' ' || r >= 0x7f && r < 0xa0 || r == 0xfffe || r == 0xffff:
				return -1
			}
			return r
		}, strings.ToValidUTF8(s, "\ufffd"))
	}
	d := *c
	d.Title, d.XLabel, d.YLabel = text(c.Title), text(c.XLabel), text(c.YLabel)
	d.Names, d.Series = slices.Clone(c.Names), slices.Clone(c.Series)
	for i, n := range d.Names {
		d.Names[i] = text(n)
	}
	for i := range d.Series {
		d.Series[i].Name = text(d.Series[i].Name)
	}
	return &d
}

// checkLog finds what has no place on a logarithmic axis.
func (c *Chart) checkLog() error {
	for _, s := range c.Series {
		bad, values := 0, [][]float64{}
		if c.LogX && s.X == nil && c.Kind != Histogram {
			return fault("%s has no values of x, so x has no logarithmic axis; leave it out", quoteName(s.Name))
		}
		if c.LogY && c.Kind != Histogram {
			values = append(values, s.Y)
		}
		if c.LogX && c.Kind == Histogram {
			values = append(values, s.Y)
		} else if c.LogX && s.X != nil {
			values = append(values, s.X)
		}
		for _, list := range values {
			for _, v := range list {
				if v < 1/maxValue { // and what is that near to 0
					bad++
				}
			}
		}
		if bad > 0 {
			return fault("%s has %d values that are 0 or less, which have no place on a logarithmic axis; leave log out, or choose values above 0", quoteName(s.Name), bad)
		}
	}
	return nil
}

func kindList() string {
	names := make([]string, len(Kinds))
	for i, k := range Kinds {
		names[i] = string(k)
	}
	return strings.Join(names, ", ")
}

func quoteName(name string) string {
	if name == "" {
		return "the series"
	}
	return fmt.Sprintf("%q", shorten(name, 60))
}

// shorten cuts a text to so many characters.
func shorten(s string, most int) string {
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	return strings.TrimSpace(string(runes[:most-1])) + "…"
}

// span returns the least and the greatest of values, NaN left out; ok is false if there is
// none.
func span(lists ...[]float64) (lo, hi float64, ok bool) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, list := range lists {
		for _, v := range list {
			if !math.IsNaN(v) {
				lo, hi = min(lo, v), max(hi, v)
			}
		}
	}
	return lo, hi, lo <= hi
}
