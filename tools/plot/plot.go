// Package plot has the tool plot, which draws a chart of a table into a file of the
// workspace, for models that should not have to write code for it. Tables are read by
// package table and drawn by package chart; Request says what is drawn of one.
package plot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/qwen-agent/qwen-agent/tools"
	"github.com/qwen-agent/qwen-agent/tools/files"
	"github.com/qwen-agent/qwen-agent/tools/plot/chart"
	"github.com/qwen-agent/qwen-agent/tools/plot/table"
)

// Settings are what a task file may say of the tool.
type Settings struct {
	Width  int `json:"width"`  // of a picture in pixels; 0 is chart.DefaultWidth
	Height int `json:"height"` // 0 is chart.DefaultHeight
}

// Open is the tools.Factory of plot.
func Open(env tools.Env, settings map[string]any) ([]tools.Tool, error) {
	s, err := tools.Settings("plot", settings, Settings{})
	if err != nil {
		return nil, err
	}
	if env.Workspace == nil {
		return nil, errors.New("plot: the task has no workspace to draw into; give it one")
	}
	for _, side := range []struct {
		name  string
		value int
	}{{"width", s.Width}, {"height", s.Height}} {
		if side.value != 0 && (side.value < chart.MinSide || side.value > chart.MaxSide) {
			return nil, fmt.Errorf("plot: setting %s is %d, want %d to %d pixels", side.name, side.value, chart.MinSide, chart.MaxSide)
		}
	}
	return []tools.Tool{New(files.In(env.Workspace, "plot"), chart.Options{Width: s.Width, Height: s.Height})}, nil
}

// description was tried with small models.
const description = "Draws a chart of a data file into a picture file. It reads the data file itself."

// New returns the tool. It draws with the options o, but for the format, which the name of
// the file says.
func New(folder *files.Folder, o chart.Options) tools.Tool {
	p := &plotter{folder, o}
	return tools.New("plot", description, p.plot, tools.Changes(), tools.Normalize(p.normalize))
}

type plotter struct {
	folder  *files.Folder
	options chart.Options
}

type in struct {
	Kind      string          `json:"kind" jsonschema:"kind of chart" enum:"line,bar,scatter,histogram,box,heatmap" example:"bar"`
	File      json.RawMessage `json:"file,omitempty" jsonschema:"data file, such as sales.csv" shown:"string"`
	X         json.RawMessage `json:"x,omitempty" jsonschema:"column along the x axis" shown:"string"`
	Y         json.RawMessage `json:"y,omitempty" jsonschema:"column of the values; several with commas" shown:"string"`
	By        string          `json:"by,omitempty" jsonschema:"column that splits the values into series"`
	Data      json.RawMessage `json:"data,omitempty" jsonschema:"the values, if there is no file, such as {\"Jan\": 3, \"Feb\": 5}"`
	Aggregate string          `json:"aggregate,omitempty" jsonschema:"what to do with several rows of one x" enum:"sum,mean,median,min,max,count"`
	Title     string          `json:"title,omitempty"`
	Path      string          `json:"path" jsonschema:"file to draw into, .png or .svg" default:"chart.png"`
}

// defaultPath is the default of in.Path.
const defaultPath = "chart.png"

// normalize brings the path into the form that names a file, and gives it an ending. A
// path that is that of the data is taken for it, and so is a picture in the place of a file of data.
func (p *plotter) normalize(a *in) error {
	if picture := pictured(*a); picture != "" {
		if a.File = nil; a.Path == defaultPath {
			a.Path = picture
		}
	}
	if ending := strings.ToLower(path.Ext(a.Path)); empty(a.File) && empty(a.Data) && dataEndings[ending] {
		a.File, a.Path = quoted(a.Path), defaultPath
	}
	if err := p.folder.Normalize(&a.Path); err != nil {
		return err
	}
	switch ending := strings.ToLower(path.Ext(a.Path)); ending {
	case ".png", ".svg":
	case "":
		a.Path += ".png"
	case ".jpg", ".jpeg", ".pdf", ".gif", ".webp":
		return fmt.Errorf("plot: %s cannot be drawn, only .png and .svg. Call plot again with {\"path\": %q}", ending, strings.TrimSuffix(a.Path, path.Ext(a.Path))+".png")
	default:
		return fmt.Errorf("plot: the path %q is no picture. Call plot again with {\"path\": \"chart.png\"}", a.Path)
	}
	return nil
}

func (p *plotter) plot(_ context.Context, a in) (tools.Result, error) {
	t, r, err := p.load(a)
	if err != nil {
		return tools.Result{}, err
	}
	plan, err := r.Plan(t)
	if err != nil {
		return tools.Result{}, fmt.Errorf("plot: %w%s", err, again(a, t))
	}
	o := p.options
	o.Format = FormatOf(a.Path)
	var drawn chart.Drawn
	var failed error
	_, err = p.folder.Write(a.Path, func(w io.Writer) error {
		drawn, failed = plan.Chart.Draw(w, o)
		return failed
	})
	if failed != nil {
		var wrong chart.Error
		if errors.As(failed, &wrong) {
			return tools.Result{}, fmt.Errorf("plot: %w", wrong)
		}
	}
	if err != nil {
		return tools.Result{}, fmt.Errorf("plot: %w", err)
	}
	return tools.Result{
		Text:      fmt.Sprintf("%s was drawn: %s", a.Path, plan.Describe(drawn)),
		Artefacts: []tools.Artefact{{Path: a.Path, MediaType: o.Format.MediaType(), Title: plan.Chart.Title}},
	}, nil
}

// again shows a call that would be right, where a call names columns of a file.
func again(a in, t *table.Table) string {
	var file string
	var y []string
	x := ""
	for i := range t.Columns {
		switch c := &t.Columns[i]; {
		case c.Kind == table.Number && len(y) < 3:
			y = append(y, c.Name)
		case c.Kind != table.Number && x == "":
			x = c.Name
		}
	}
	if json.Unmarshal(a.File, &file) != nil || file == "" || len(y) == 0 || x == "" {
		return ""
	}
	return fmt.Sprintf(". Call plot again like this: {\"kind\": %q, \"file\": %s, \"x\": %s, \"y\": %s}", a.Kind, quoted(file), quoted(x), quoted(strings.Join(y, ",")))
}

// FormatOf returns the format that the name of a file says: SVG, else PNG.
func FormatOf(name string) chart.Format {
	if strings.EqualFold(path.Ext(name), ".svg") {
		return chart.SVG
	}
	return chart.PNG
}
