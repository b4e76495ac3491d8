package eval

import (
	"errors"
	"fmt"
	"image/color"
	"io"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// colours of the bars: the palette of Okabe and Ito, which the colour-blind can tell apart.
var colours = []color.Color{
	color.RGBA{0x00, 0x72, 0xb2, 0xff}, color.RGBA{0xe6, 0x9f, 0x00, 0xff}, color.RGBA{0x00, 0x9e, 0x73, 0xff},
	color.RGBA{0xcc, 0x79, 0xa7, 0xff}, color.RGBA{0x56, 0xb4, 0xe9, 0xff}, color.RGBA{0xd5, 0x5e, 0x00, 0xff},
}

// Colours are those of charts, which the colour-blind can tell apart.
func Colours() []color.Color { return slices.Clone(colours) }

// maxBars bounds a chart: its width grows with each.
const maxBars = 500

// Chart writes a PNG with a bar for the share that is right in each group, side by side for
// each model, and the 95 % interval at its end. Results that are measures are left out.
func Chart(w io.Writer, list []Summary) error {
	list = slices.DeleteFunc(slices.Clone(list), func(s Summary) bool { return s.Measures })
	if len(list) == 0 {
		return errors.New("chart: none of the results is right or wrong")
	}
	var groups, labels []string
	for _, s := range list {
		groups = appendNew(groups, barGroup(s))
		labels = appendNew(labels, s.Label())
	}
	if n := len(groups) * len(labels); n > maxBars {
		return fmt.Errorf("chart: %d groups of %d models are %d bars, want at most %d", len(groups), len(labels), n, maxBars)
	}
	p := plot.New()
	p.Y.Label.Text = "right, %"
	p.Y.Min, p.Y.Max = 0, 100
	p.Y.Tick.Marker = plot.ConstantTicks(tens())
	p.X.Min, p.X.Max = -0.6, float64(len(groups))-0.4
	p.Add(plotter.NewGrid())
	p.Legend.Top = true
	p.Legend.YOffs = vg.Points(12*float64(len(labels)) + 8) // above the bars, where nothing is hidden
	p.Title.Padding = vg.Points(12*float64(len(labels)) + 8)
	p.Title.Text = " "

	width := vg.Points(max(12, min(40, 480/float64(len(groups)*len(labels)))))
	for i, label := range labels {
		values := make(plotter.Values, len(groups))
		var ends ends
		for j, group := range groups {
			k := slices.IndexFunc(list, func(s Summary) bool { return barGroup(s) == group && s.Label() == label })
			if k < 0 {
				continue
			}
			s := list[k]
			values[j] = 100 * s.Share()
			ends.XYs = append(ends.XYs, plotter.XY{X: float64(j), Y: values[j]})
			ends.YErrors = append(ends.YErrors, struct{ Low, High float64 }{100 * (s.Share() - s.Low), 100 * (s.High - s.Share())})
		}
		bars, err := plotter.NewBarChart(values, width)
		if err != nil {
			return fmt.Errorf("chart: %w", err)
		}
		offset := width * vg.Length(float64(i)-float64(len(labels)-1)/2)
		bars.Color, bars.LineStyle.Width, bars.Offset = colours[i%len(colours)], 0, offset
		whiskers, err := plotter.NewYErrorBars(ends)
		if err != nil {
			return fmt.Errorf("chart: %w", err)
		}
		p.Add(bars, shifted{whiskers, offset})
		p.Legend.Add(label, bars)
	}
	p.NominalX(groups...)
	if len(groups) > 4 {
		p.X.Tick.Label.Rotation = math.Pi / 6
		p.X.Tick.Label.XAlign, p.X.Tick.Label.YAlign = -1, -0.5
	}
	across := vg.Length(len(groups)*len(labels))*(width+4) + vg.Points(120)
	picture, err := p.WriterTo(max(across, 16*vg.Centimeter), 11*vg.Centimeter, "png")
	if err != nil {
		return fmt.Errorf("chart: %w", err)
	}
	_, err = picture.WriteTo(w)
	return err
}

func barGroup(s Summary) string {
	if s.Group == "" {
		return s.Benchmark
	}
	return s.Benchmark + " " + s.Group
}

func appendNew(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

func tens() (ticks []plot.Tick) {
	for v := 0.0; v <= 100; v += 20 {
		ticks = append(ticks, plot.Tick{Value: v, Label: fmt.Sprint(v)})
	}
	return ticks
}

// ends are the ends of intervals, around the ends of bars.
type ends struct {
	plotter.XYs
	plotter.YErrors
}
