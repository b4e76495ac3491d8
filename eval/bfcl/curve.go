package bfcl

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"github.com/qwen-agent/qwen-agent/eval"
)

// Curve says what each bound of the probability of a call gives: how many questions that no function fits are
// answered in words, and how many of the others are answered by the right calls.
type Curve struct {
	Label  string
	Groups []string  // with calls
	Area   float64   // under the curve of that probability: how often it is larger with a call than without
	At     []float64 // bounds, ascending
	Words  []float64 // of irrelevance, the share in words at each
	Right  [][]float64
}

// weighed is the probability of a call, and whether the calls are right, if there are any.
type weighed struct {
	call float64
	ok   bool
}

// irrelevance is the category of questions that no function fits.
const irrelevance = "irrelevance"

// NewCurve makes the curve from results with forced calls (Options.Both or Options.Forced) and of irrelevance, whose score
// "call" says by how much they would have been made freely.
func NewCurve(label string, results []eval.Result) (*Curve, error) {
	both := slices.ContainsFunc(results, func(r eval.Result) bool { return strings.HasSuffix(r.Group, forcedMark) })
	c := &Curve{Label: label}
	groups := map[string][]weighed{}
	for _, r := range results {
		call, ok := r.Scores["call"]
		group, forced := strings.CutSuffix(r.Group, forcedMark)
		if !ok || both && !forced && group != irrelevance {
			continue
		}
		if groups[group] == nil && group != irrelevance {
			c.Groups = append(c.Groups, group)
		}
		groups[group] = append(groups[group], weighed{call, r.OK})
	}
	none := groups[irrelevance]
	if len(c.Groups) == 0 || len(none) == 0 {
		return nil, errors.New("a curve takes results of bfcl with calls, by --both, and of its category irrelevance, with the probability of a call")
	}
	c.Area = area(groups, c.Groups)
	for _, list := range groups {
		for _, w := range list {
			c.At = append(c.At, w.call)
		}
	}
	c.At = append(c.At, 0, 1)
	slices.Sort(c.At)
	c.At = slices.Compact(c.At)
	c.Right = make([][]float64, len(c.Groups))
	for _, at := range c.At {
		c.Words = append(c.Words, 1-share(none, at, false))
		for i, g := range c.Groups {
			c.Right[i] = append(c.Right[i], share(groups[g], at, true))
		}
	}
	return c, nil
}

// share is the part of list that is calls at a bound, and right ones if that matters.
func share(list []weighed, at float64, right bool) float64 {
	n := 0
	for _, w := range list {
		if w.call >= at && (w.ok || !right) {
			n++
		}
	}
	return float64(n) / float64(len(list))
}

// area compares every question with a call with every one without.
func area(groups map[string][]weighed, with []string) float64 {
	var sum, pairs float64
	for _, g := range with {
		for _, w := range groups[g] {
			for _, n := range groups[irrelevance] {
				sum += 0.5 * float64(1+cmp.Compare(w.call, n.call))
				pairs++
			}
		}
	}
	return sum / pairs
}

// Markdown writes the shares at some bounds as a table.
func (c *Curve) Markdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s: area under the curve %.3f\n\n| bound | %s | %s |\n|---%s|\n", c.Label, c.Area, strings.Join(c.Groups, " | "), irrelevance, strings.Repeat("|--:", len(c.Groups)+1))
	for _, at := range []float64{0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9} {
		i, _ := slices.BinarySearch(c.At, at)
		fmt.Fprintf(&b, "| %.1f |", at)
		for g := range c.Groups {
			fmt.Fprintf(&b, " %.1f |", 100*c.Right[g][i])
		}
		fmt.Fprintf(&b, " %.1f |\n", 100*c.Words[i])
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// DrawCurves writes a PNG with a line for each group of each curve.
func DrawCurves(w io.Writer, curves []*Curve) error {
	p := plot.New()
	p.X.Label.Text, p.Y.Label.Text = irrelevance+" answered in words, %", "right calls, %"
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 100, 0, 100
	p.Add(plotter.NewGrid())
	p.Legend.Left = true
	colours := eval.Colours()
	for i, c := range curves {
		for g, name := range c.Groups {
			points := make(plotter.XYs, len(c.At))
			for k := range points {
				points[k] = plotter.XY{X: 100 * c.Words[k], Y: 100 * c.Right[g][k]}
			}
			line, err := plotter.NewLine(points)
			if err != nil {
				return fmt.Errorf("curve: %w", err)
			}
			line.Color, line.Width = colours[i%len(colours)], vg.Points(1.5)
			if g > 0 {
				line.Dashes = []vg.Length{vg.Points(float64(8 / g)), vg.Points(3)}
			}
			p.Add(line)
			p.Legend.Add(c.Label+" "+name, line)
		}
	}
	picture, err := p.WriterTo(16*vg.Centimeter, 12*vg.Centimeter, "png")
	if err != nil {
		return fmt.Errorf("curve: %w", err)
	}
	_, err = picture.WriteTo(w)
	return err
}
