package plot

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/qwen-agent/qwen-agent/tools/plot/chart"
)

// Describe says what a chart shows, for somebody who does not see it.
func (p *Plan) Describe(drawn chart.Drawn) string {
	c := p.Chart
	var b strings.Builder
	fmt.Fprintf(&b, "a %s", kindWord(c.Kind))
	if c.Title != "" {
		fmt.Fprintf(&b, " %q", cut(c.Title, 80))
	}
	if drawn.Width > 0 {
		fmt.Fprintf(&b, " of %d × %d pixels", drawn.Width, drawn.Height)
	}
	b.WriteString(". ")
	switch c.Kind {
	case chart.Heatmap:
		fmt.Fprintf(&b, "Columns: %s%s. Rows: %s%s. Values", named(c.XLabel), list(c.Names), named(c.YLabel), list(seriesNames(c)))
		if r := ranges(values(c), false); r != "" {
			b.WriteString(" " + r)
		}
		b.WriteString(".")
	case chart.Histogram:
		fmt.Fprintf(&b, "x: %s%s. y: how many values there are in each bin; %d values in all.", named(c.XLabel), ranges(values(c), false), present(values(c)))
	case chart.Box:
		fmt.Fprintf(&b, "x: %s%s. y: %s%s.", named(c.XLabel), list(seriesNames(c)), named(c.YLabel), ranges(values(c), false))
		for i, s := range c.Series {
			if _, _, median, _, _, _, ok := chart.Five(s.Y); ok && i < 6 {
				fmt.Fprintf(&b, " The median of %s is %s.", cut(s.Name, 40), short(median))
			}
		}
	default:
		b.WriteString("x: " + named(c.XLabel))
		switch {
		case c.Names != nil:
			b.WriteString(list(c.Names))
		case c.Series[0].X != nil:
			b.WriteString(ranges(xs(c), c.Dates))
		default:
			fmt.Fprintf(&b, "1 to %d", len(c.Series[0].Y))
		}
		fmt.Fprintf(&b, ". y: %s%s", named(c.YLabel), ranges(values(c), false))
		if n := present(values(c)); c.Names == nil {
			fmt.Fprintf(&b, ", %d points", n)
		}
		b.WriteString(".")
		if len(c.Series) > 1 {
			fmt.Fprintf(&b, " Series: %s.", strings.TrimPrefix(list(seriesNames(c)), " "))
		}
	}
	for _, n := range p.Notes {
		b.WriteString(" Note: " + n + ".")
	}
	if drawn.Dropped != "" {
		b.WriteString(" There was no room for " + drawn.Dropped + ".")
	}
	if text := drawn.MissingText(); text != "" {
		b.WriteString(" " + text)
	}
	return b.String()
}

func kindWord(k chart.Kind) string {
	switch k {
	case chart.Histogram:
		return "histogram"
	case chart.Heatmap:
		return "heat map"
	}
	return string(k) + " chart"
}

// named writes the name of a column before what it has.
func named(name string) string {
	if name == "" {
		return ""
	}
	return cut(name, 60) + ", "
}

// list names a few of many.
func list(names []string) string {
	const most = 5
	shown := make([]string, 0, most)
	for i, n := range names {
		if i == most {
			break
		}
		shown = append(shown, cut(n, 40))
	}
	switch n := len(names); {
	case n == 1:
		return shown[0]
	case n <= most:
		return fmt.Sprintf("%d names: %s", n, strings.Join(shown, ", "))
	default:
		return fmt.Sprintf("%d names: %s … %s", n, strings.Join(shown[:3], ", "), cut(names[n-1], 40))
	}
}

func seriesNames(c *chart.Chart) []string {
	names := make([]string, len(c.Series))
	for i, s := range c.Series {
		names[i] = s.Name
	}
	return names
}

func values(c *chart.Chart) (all []float64) {
	for _, s := range c.Series {
		all = append(all, s.Y...)
	}
	return all
}

func xs(c *chart.Chart) (all []float64) {
	for _, s := range c.Series {
		all = append(all, s.X...)
	}
	return all
}

func present(values []float64) (n int) {
	for _, v := range values {
		if !math.IsNaN(v) {
			n++
		}
	}
	return n
}

// ranges says from where to where values go.
func ranges(values []float64, dates bool) string {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if !math.IsNaN(v) {
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	switch {
	case lo > hi:
		return "no values"
	case lo == hi && dates:
		return dateText(lo)
	case lo == hi:
		return "always " + short(lo)
	case dates:
		return fmt.Sprintf("from %s to %s", dateText(lo), dateText(hi))
	}
	return fmt.Sprintf("from %s to %s", short(lo), short(hi))
}

func dateText(seconds float64) string {
	t := time.Unix(int64(math.Floor(seconds)), 0).UTC()
	if t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 {
		return t.Format("2006-01-02")
	}
	return t.Format("2006-01-02 15:04:05")
}

// short writes a number with at most six digits that count.
func short(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }
