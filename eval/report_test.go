package eval_test

import (
	"bytes"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/eval"
)

// TestWilson compares with scipy 1.17.1, binomtest(k, n).proportion_ci(0.95, "wilson").
func TestWilson(t *testing.T) {
	for _, c := range []struct {
		right, n  int
		low, high float64
	}{
		{0, 10, 0, 0.277532799863},
		{10, 10, 0.722467200137, 1},
		{1, 2, 0.094531205734, 0.905468794266},
		{53, 60, 0.778212119758, 0.942322793599},
		{57, 60, 0.862994835237, 0.982850497836},
		{120, 400, 0.257167671956, 0.346637245778},
		{399, 400, 0.985976714924, 0.999558552213},
		{1, 240, 0.000735898025, 0.023220072584},
		{13, 24, 0.350748653589, 0.721086662688},
		{0, 1, 0, 0.793450685623},
		{0, 0, 0, 1},
	} {
		if low, high := eval.Wilson(c.right, c.n); math.Abs(low-c.low) > 1e-11 || math.Abs(high-c.high) > 1e-11 {
			t.Errorf("%d of %d: %.12f to %.12f, wanted %.12f to %.12f", c.right, c.n, low, high, c.low, c.high)
		}
	}
}

var small = eval.Settings{Benchmark: "bfcl", Model: "Qwen", File: "small.gguf", Options: map[string]string{"call": "forced"}}

var results = []eval.Result{
	{ID: "1", Group: "simple", OK: true, Scores: map[string]float64{"valid": 1}, Prompt: 100, Generated: 20, Seconds: 1},
	{ID: "2", Group: "simple", Scores: map[string]float64{"valid": 0}, Prompt: 200, Generated: 40, Seconds: 2},
	{ID: "3", Group: "a|b", OK: true, Scores: map[string]float64{"valid": 1}, Prompt: 300, Generated: 0, Seconds: 3.5},
	{ID: "4", Group: "a|b", Error: "too long"},
}

func TestMarkdown(t *testing.T) {
	measures := eval.Settings{Benchmark: "ppl", Model: "Qwen", File: "small.gguf", Measures: true}
	windows := []eval.Result{
		{ID: "1", Scores: map[string]float64{"nll": 1}, Weight: 3, Prompt: 4},
		{ID: "2", Scores: map[string]float64{"nll": 2}, Weight: 1, Prompt: 2},
	}
	var b strings.Builder
	if err := eval.Markdown(&b, append(eval.Summarize(small, results), eval.Summarize(measures, windows)...)); err != nil {
		t.Fatal(err)
	}
	const want = `| benchmark | group | model | n | right | % | 95 % interval | nll | perplexity | valid | prompt tokens | written | seconds | no answer |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
| bfcl | simple | small, call forced | 2 | 1 | 50.0 | 9.5 to 90.5 |  |  | 0.500 | 150 | 30 | 1.50 | 0 |
| bfcl | a\|b | small, call forced | 2 | 1 | 50.0 | 9.5 to 90.5 |  |  | 1.000 | 150 | 0 | 1.75 | 1 |
| bfcl | all | small, call forced | 4 | 2 | 50.0 | 15.0 to 85.0 |  |  | 0.667 | 150 | 15 | 1.62 | 1 |
| ppl | all | small | 2 |  |  |  | 1.250 | 3.490 |  | 3 | 0 | 0.00 | 0 |
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

// TestChart looks for the bars: there are as many blue ones as the first model has groups,
// and the higher one belongs to the larger share.
func TestChart(t *testing.T) {
	large := small
	large.File = "large.gguf"
	list := append(eval.Summarize(small, []eval.Result{{ID: "1", Group: "a", OK: true}, {ID: "2", Group: "b"}, {ID: "3", Group: "b", OK: true}}),
		eval.Summarize(large, []eval.Result{{ID: "1", Group: "a", OK: true}})...)
	var b bytes.Buffer
	if err := eval.Chart(&b, list); err != nil {
		t.Fatal(err)
	}
	if path := os.Getenv("EVAL_CHART"); path != "" { // to look at it
		if err := os.WriteFile(filepath.Clean(path), b.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	img, err := png.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	var heights []int // of runs of blue columns
	run := 0
	for x := range img.Bounds().Dx() {
		blue := 0
		for y := img.Bounds().Dy() / 7; y < img.Bounds().Dy(); y++ { // below the legend
			if r, g, b, _ := img.At(x, y).RGBA(); r>>8 == 0 && g>>8 == 0x72 && b>>8 == 0xb2 {
				blue++
			}
		}
		if blue > 20 {
			run = max(run, blue)
		} else if run > 0 {
			heights, run = append(heights, run), 0
		}
	}
	var bars []int // the whiskers cut bars in two
	for i, h := range heights {
		if i == 0 || h != heights[i-1] {
			bars = append(bars, h)
		}
	}
	if len(bars) != 3 { // a, b and all
		t.Fatalf("bars of %v pixels, wanted three", heights)
	}
	if ratio := float64(bars[1]) / float64(bars[0]); math.Abs(ratio-0.5) > 0.02 {
		t.Errorf("the bar of 50 %% is %.3f of that of 100 %%", ratio)
	}
	if err := eval.Chart(&b, nil); err == nil {
		t.Error("an empty chart is drawn")
	}
}
