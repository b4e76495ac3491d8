package chart

import (
	"bytes"
	"encoding/xml"
	"flag"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden pictures anew")

var nan = math.NaN()

func days(n int, step float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = 1735689600 + float64(i)*step // from 2025-01-01
	}
	return x
}

func normal(n int, seed uint64) []float64 {
	r := rand.New(rand.NewPCG(seed, 0))
	v := make([]float64, n)
	for i := range v {
		v[i] = r.NormFloat64()
	}
	return v
}

func walk(n int, seed uint64) []float64 {
	v := normal(n, seed)
	for i := 1; i < n; i++ {
		v[i] += v[i-1]
	}
	return v
}

func names(n int, format string) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(format, i)
	}
	return list
}

// charts has one of each kind, and of what is hard about them.
var charts = map[string]Chart{
	"line": {Kind: Line, Title: "Sales by month", XLabel: "month", YLabel: "sales (€)", Names: []string{"Jan", "Feb", "Mar", "Apr", "May", "Jun"},
		Series: []Series{{Name: "north", Y: []float64{120, 135, 128, 150, 165, 158}}, {Name: "south", Y: []float64{80, 95, nan, 110, 108, 130}}}},
	"dates": {Kind: Line, Title: "A year", XLabel: "date", Dates: true, Series: []Series{{Name: "Oslo", X: days(365, 86400), Y: walk(365, 1)}, {Name: "Rome", X: days(365, 86400), Y: walk(365, 2)}}},
	"hours": {Kind: Line, XLabel: "time", Dates: true, Series: []Series{{Name: "a", X: days(24, 3600), Y: walk(24, 3)}}},
	"bar":   {Kind: Bar, Title: "Amount by region", XLabel: "region", YLabel: "amount", Names: []string{"north", "south", "east", "west"}, Series: []Series{{Name: "amount", Y: []float64{361.95, 120.5, -40.25, 262.85}}}},
	"groups": {Kind: Bar, Title: "Units", Names: []string{"Q1", "Q2", "Q3"},
		Series: []Series{{Name: "north", Y: []float64{3, 4, 5}}, {Name: "south", Y: []float64{2, nan, 2}}, {Name: "a <name> & \"more\"", Y: []float64{1, 1, 2}}}},
	"many-names": {Kind: Bar, Title: strings.Repeat("A title that goes on and on. ", 8), XLabel: "customer", Names: names(1000, "customer number %d"), Series: []Series{{Name: "a", Y: walk(1000, 4)}}},
	"slanting":   {Kind: Bar, Names: names(14, "a name of middle length %d"), Series: []Series{{Name: "a", Y: walk(14, 4)}}},
	"scatter":    {Kind: Scatter, Title: "Points", XLabel: "x", YLabel: "y", Series: []Series{{Name: "a", X: normal(60, 5), Y: normal(60, 6)}, {Name: "b", X: normal(60, 7), Y: normal(60, 8)}}},
	"cloud":      {Kind: Scatter, Title: "100,000 points", Series: []Series{{Name: "a", X: normal(100_000, 5), Y: normal(100_000, 6)}}},
	"long-line":  {Kind: Line, Title: "100,000 points", Series: []Series{{Name: "a", Y: walk(100_000, 9)}}},
	"histogram":  {Kind: Histogram, Title: "Distribution of x", XLabel: "x", YLabel: "count", Series: []Series{{Name: "x", Y: normal(2000, 1)}, {Name: "y", Y: normal(1000, 2)}}},
	"box":        {Kind: Box, Title: "Boxes", YLabel: "amount", Series: []Series{{Name: "north", Y: normal(100, 1)}, {Name: "south", Y: []float64{1, 2, 3, 4, 20}}, {Name: "one", Y: []float64{2}}, {Name: "none", Y: []float64{nan}}}},
	"heatmap": {Kind: Heatmap, Title: "Visits", XLabel: "hour", YLabel: "day", Names: []string{"8", "12", "16", "20"},
		Series: []Series{{Name: "Mon", Y: []float64{1, 20, 15, nan}}, {Name: "Tue", Y: []float64{3, 25, 18, 7}}, {Name: "Sun", Y: []float64{0, 2, 30, 12}}}},
	"heatmap-around-zero": {Kind: Heatmap, Names: []string{"a", "b"}, Series: []Series{{Name: "a", Y: []float64{1, -0.4}}, {Name: "b", Y: []float64{-0.4, 1}}}},
	"log":                 {Kind: Line, Title: "Cases", LogY: true, YLabel: "cases", XLabel: "day", Series: []Series{{Name: "a", Y: []float64{1, 10, 80, 700, 9000, 1e5, 3e6}}}},
	"one-point":           {Kind: Line, Series: []Series{{Name: "a", Y: []float64{5}}}},
	"equal":               {Kind: Line, Series: []Series{{Name: "a", Y: []float64{1e9, 1e9, 1e9}}}},
	"years":               {Kind: Line, Title: "People", XLabel: "year", Series: []Series{{Name: "a", X: []float64{2015, 2016, 2017, 2018}, Y: []float64{8.1e9, 8.15e9, 8.2e9, 8.31e9}}}},
	"tiny-numbers":        {Kind: Scatter, Series: []Series{{Name: "a", X: []float64{1e-9, 2e-9, 3e-9}, Y: []float64{1e-12, 2.5e-12, -3e-12}}}},
	"huge-numbers":        {Kind: Line, Series: []Series{{Name: "a", X: []float64{-1e100, 1e100}, Y: []float64{-1e100, 1e100}}}},
	"chinese":             {Kind: Bar, Title: "各地区销售额 (2025)", XLabel: "地区", YLabel: "销售额 / 万元", Names: []string{"华北", "华东", "西南 SW"}, Series: []Series{{Name: "x", Y: []float64{3, 4, 6}}}},
	"series":              {Kind: Line, Title: "Twenty", Series: twenty()},
}

func twenty() (list []Series) {
	for i := range MaxSeries {
		list = append(list, Series{Name: fmt.Sprintf("series with a name %d", i), Y: walk(50, uint64(i))})
	}
	return list
}

func drawn(t testing.TB, c Chart, o Options) ([]byte, Drawn) {
	t.Helper()
	if o.Fonts == nil {
		o.Fonts = FontFiles()
	}
	var b bytes.Buffer
	d, err := c.Draw(&b, o)
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), d
}

// asPictures are the charts whose pixels are kept beside their SVG.
var asPictures = []string{"line", "bar", "slanting", "scatter", "cloud", "histogram", "box", "heatmap", "chinese"}

// TestGolden compares every chart with the picture that was looked at when it was written
// (go test -update): the text of the SVG, and the pixels of a small PNG.
func TestGolden(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("other processors may round the last bit of a coordinate in another way")
	}
	found, err := filepath.Glob("testdata/*.svg")
	if err != nil || !*update && len(found) != len(charts) {
		t.Fatalf("there are %d golden files for %d charts, %v", len(found), len(charts), err)
	}
	for name, c := range charts {
		t.Run(name, func(t *testing.T) {
			svg, d := drawn(t, c, Options{Format: SVG, Width: 640, Height: 400})
			if len(d.Missing) > 0 {
				t.Errorf("an SVG misses %q", d.Missing)
			}
			golden(t, name+".svg", svg, bytes.Equal)
			if slices.Contains(asPictures, name) {
				picture, _ := drawn(t, c, Options{Width: 480, Height: 300})
				golden(t, name+".png", picture, samePixels)
			}
		})
	}
}

func golden(t *testing.T, name string, got []byte, same func(a, b []byte) bool) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !same(got, want) {
		other := filepath.Join(t.ArtifactDir(), name)
		t.Errorf("%s is another picture; the new one is %s (kept with -artifacts)", path, other)
		if err := os.WriteFile(other, got, 0o644); err != nil {
			t.Error(err)
		}
	}
}

// samePixels says whether two PNGs show the same.
func samePixels(a, b []byte) bool {
	x, y := pixels(a), pixels(b)
	return x != nil && y != nil && x.Rect == y.Rect && bytes.Equal(x.Pix, y.Pix)
}

func pixels(data []byte) *image.RGBA {
	p, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil
	}
	out := image.NewRGBA(p.Bounds())
	draw.Draw(out, out.Rect, p, p.Bounds().Min, draw.Src)
	return out
}

// TestSame: a chart gives the same bytes each time.
func TestSame(t *testing.T) {
	for _, name := range []string{"line", "cloud", "heatmap"} {
		for _, f := range []Format{PNG, SVG} {
			a, _ := drawn(t, charts[name], Options{Format: f})
			b, _ := drawn(t, charts[name], Options{Format: f})
			if !bytes.Equal(a, b) {
				t.Errorf("%s as %s differs", name, f)
			}
		}
	}
}

// TestSmall: the least size is drawn too, and nothing is drawn outside or breaks.
func TestSmall(t *testing.T) {
	for name, c := range charts {
		if testing.Short() && len(c.Series[0].Y) > 1000 {
			continue
		}
		for _, size := range [][2]int{{MinSide, MinSide}, {MinSide, 1000}, {1000, MinSide}} {
			data, d := drawn(t, c, Options{Width: size[0], Height: size[1]})
			if p := pixels(data); p == nil || p.Rect.Dx() != size[0] || p.Rect.Dy() != size[1] || d.Width != size[0] {
				t.Errorf("%s: no picture of %v", name, size)
			}
		}
	}
}

func TestBadCharts(t *testing.T) {
	one := []Series{{Name: "a", Y: []float64{1, 2}}}
	for _, c := range []struct {
		name string
		c    Chart
		o    Options
		want string
	}{
		{"kind", Chart{Kind: "pie", Series: one}, Options{}, `there is no kind of chart "pie"; the kinds are: line, bar`},
		{"nothing", Chart{Kind: Line}, Options{}, "no series was given"},
		{"empty", Chart{Kind: Line, Series: []Series{{}}}, Options{}, "every value is missing"},
		{"missing", Chart{Kind: Line, Series: []Series{{Y: []float64{nan, nan}}}}, Options{}, "every value is missing"},
		{"lengths", Chart{Kind: Line, Series: []Series{{Name: "a", X: []float64{1}, Y: []float64{1, 2}}}}, Options{}, `"a" has 1 values of x and 2 of y`},
		{"names", Chart{Kind: Bar, Names: []string{"x"}, Series: one}, Options{}, `"a" has 2 values for 1 names`},
		{"infinite", Chart{Kind: Line, Series: []Series{{Y: []float64{math.Inf(1)}}}}, Options{}, "a value beyond 1e+100"},
		{"too large", Chart{Kind: Line, Series: []Series{{Y: []float64{1e101}}}}, Options{}, "a value beyond 1e+100"},
		{"series", Chart{Kind: Line, Series: slices.Repeat(one, 21)}, Options{}, "there are 21 series, at most 20"},
		{"many names", Chart{Kind: Bar, Names: names(2001, "%d"), Series: one}, Options{}, "2001 names along the x axis, at most 2000 fit"},
		{"log of zero", Chart{Kind: Line, LogY: true, Series: []Series{{Name: "a", Y: []float64{0, -1, 2}}}}, Options{}, `"a" has 2 values that are 0 or less, which have no place on a logarithmic axis`},
		{"log of x", Chart{Kind: Scatter, LogX: true, Series: []Series{{Name: "a", X: []float64{0, 1}, Y: []float64{1, 1}}}}, Options{}, "no place on a logarithmic axis"},
		{"log of nothing", Chart{Kind: Line, LogX: true, Series: one}, Options{}, "has no values of x"},
		{"log of next to nothing", Chart{Kind: Line, LogY: true, Series: []Series{{Name: "a", Y: []float64{1e-300}}}}, Options{}, "no place on a logarithmic axis"},
		{"log of names", Chart{Kind: Bar, LogX: true, Series: one}, Options{}, "a bar chart has no logarithmic axis there"},
		{"log of dates", Chart{Kind: Line, LogX: true, Dates: true, Series: one}, Options{}, "no logarithmic axis there"},
		{"bins", Chart{Kind: Histogram, Bins: 1001, Series: one}, Options{}, "1001 bins"},
		{"format", Chart{Kind: Line, Series: one}, Options{Format: "gif"}, `no picture format "gif"`},
		{"small", Chart{Kind: Line, Series: one}, Options{Width: 10}, "each side may have 120 to 4000"},
		{"large", Chart{Kind: Line, Series: one}, Options{Height: 4001}, "each side may have 120 to 4000"},
		{"cells", Chart{Kind: Heatmap, Names: names(500, "%d"), Series: slices.Repeat(one, 900)}, Options{}, "450000 cells"},
		{"points", Chart{Kind: Line, Series: []Series{{Y: make([]float64, MaxPoints+1)}}}, Options{}, "at most 2000000 are drawn"},
	} {
		c.o.Fonts = FontFiles()
		_, err := c.c.Draw(&bytes.Buffer{}, c.o)
		if _, ok := err.(Error); !ok || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}

// TestMissing: what no font has is drawn as a box and told; with a font it is not.
func TestMissing(t *testing.T) {
	c := charts["chinese"]
	_, d := drawn(t, c, Options{})
	if got := string(d.Missing); got != "万东元北区华南各售地西销额" {
		t.Errorf("missing %q", got)
	}
	if text := d.MissingText(); !strings.Contains(text, "they stand as □ in the picture") || !strings.Contains(text, "install") {
		t.Errorf("the reader is told %q", text)
	}
	if (Drawn{}).MissingText() != "" {
		t.Error("where nothing is missing, something is told")
	}
}

// TestSystemFont draws Chinese with a font of the machine, if it has one.
func TestSystemFont(t *testing.T) {
	if SystemFonts().with('华') == nil {
		t.Skip("no font of this machine has Chinese characters")
	}
	a, d := drawn(t, charts["chinese"], Options{Fonts: SystemFonts()})
	if len(d.Missing) > 0 {
		t.Errorf("missing %q", d.Missing)
	}
	if b, _ := drawn(t, charts["chinese"], Options{}); samePixels(a, b) {
		t.Error("the picture is the one without a font")
	}
}

func TestBadFonts(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad.ttf")
	if err := os.WriteFile(bad, []byte("ttcf\x00\x01\x00\x00\xff\xff\xff\xff"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{bad, t.TempDir(), "/nowhere.ttf"} {
		if _, err := OpenFont(path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, d := drawn(t, charts["chinese"], Options{Fonts: FontFiles(bad, "/nowhere.ttf")}); len(d.Missing) == 0 {
		t.Error("a font that cannot be read has characters")
	}
}

// TestEscapes: text from outside stays text in an SVG.
func TestEscapes(t *testing.T) {
	c := Chart{Kind: Bar, Title: "</text><script>alert(1)</script>\x01\xff\uffff", Names: []string{`" onload="x`, "&amp;"}, Series: []Series{{Y: []float64{1, 2}}}}
	svg, _ := drawn(t, c, Options{Format: SVG})
	if bytes.Contains(svg, []byte("<script")) || bytes.Contains(svg, []byte(`" onload`)) || !bytes.Contains(svg, []byte("&amp;amp;")) {
		t.Errorf("text became markup:\n%s", svg)
	}
	for name, c := range map[string]Chart{"escapes": c, "groups": charts["groups"], "chinese": charts["chinese"]} {
		svg, _ := drawn(t, c, Options{Format: SVG})
		for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%s is no XML: %v", name, err)
			}
		}
	}
}
