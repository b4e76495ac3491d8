package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/qwen-agent/qwen-agent/tools/plot"
	"github.com/qwen-agent/qwen-agent/tools/plot/chart"
	"github.com/qwen-agent/qwen-agent/tools/plot/table"
)

type plotFlags struct {
	request   plot.Request
	kind, log string
	size      string
	font      string
	output    string
	show      bool
}

func newPlotCmd() *cobra.Command {
	var f plotFlags
	var kinds []string
	for _, k := range chart.Kinds {
		kinds = append(kinds, string(k))
	}
	cmd := &cobra.Command{
		Use:   "plot [FILE]",
		Short: "Draw a chart of a table",
		Long: `Draws a chart of a CSV or JSON file, or of stdin, into a PNG or SVG file. What is not said is
chosen: the kind by the columns, the first column of dates or texts for x, those with
numbers for y. The path goes to stdout, what is on the axes to stderr.

Exit codes:
  0    drawn
  1    the picture could not be written
  2    bad use, or data that cannot be drawn`,
		Example: `  qwen-agent plot sales.csv
  qwen-agent plot --kind line --x date --y amount,cost sales.csv -o out.svg
  qwen-agent plot --kind box --x region --y amount sales.csv --show
  seq 1 100 | qwen-agent plot -o count.png`,
		Args: usageArgs(cobra.MaximumNArgs(1), "at most one file"),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"csv", "tsv", "json", "jsonl"}, cobra.ShellCompDirectiveFilterFileExt
		},
		RunE: func(cmd *cobra.Command, args []string) error { return runPlot(cmd, f, args) },
	}
	flags := cmd.Flags()
	r := &f.request
	flags.StringVarP(&f.kind, "kind", "k", "", "`kind` of chart: "+strings.Join(kinds, ", ")+"; else what fits the columns")
	flags.StringVarP(&r.X, "x", "x", "", "`column` along the x axis")
	flags.StringSliceVarP(&r.Y, "y", "y", nil, "`columns` of values, with commas between")
	flags.StringVar(&r.By, "by", "", "`column` that splits the values into series")
	flags.StringVar(&r.Value, "value", "", "`column` of a heat map's values, where --x and --y name its sides")
	flags.StringVar(&r.Aggregate, "aggregate", "", "`what` stands for several rows of one x: "+strings.Join(plot.Aggregates, ", "))
	flags.StringVar(&r.Title, "title", "", "title of the chart")
	flags.StringVar(&r.XLabel, "x-label", "", "label of the x axis; else the column's name")
	flags.StringVar(&r.YLabel, "y-label", "", "label of the y axis")
	flags.StringVar(&f.log, "log", "", "logarithmic `axes`: x, y or xy")
	flags.IntVar(&r.Bins, "bins", 0, "`number` of a histogram's bins; 0 chooses")
	flags.StringVar(&f.size, "size", fmt.Sprintf("%dx%d", chart.DefaultWidth, chart.DefaultHeight), "`WIDTHxHEIGHT` in pixels")
	flags.StringVar(&f.font, "font", "", "font `file` for characters that are not Latin, Greek or Cyrillic; else the fonts of the machine")
	flags.StringVarP(&f.output, "output", "o", "chart.png", "`file` to write, .png or .svg")
	flags.BoolVar(&f.show, "show", false, showHelp)
	completeWords(cmd, "kind", kinds)
	completeWords(cmd, "aggregate", plot.Aggregates)
	completeWords(cmd, "log", []string{"x", "y", "xy"})
	return cmd
}

// options reads the flags that say how a chart is drawn.
func (f *plotFlags) options() (o chart.Options, err error) {
	f.request.Kind = chart.Kind(f.kind)
	switch f.log {
	case "", "x", "y", "xy":
		f.request.LogX, f.request.LogY = strings.Contains(f.log, "x"), strings.Contains(f.log, "y")
	default:
		return o, fmt.Errorf("--log is %q, wanted x, y or xy", f.log)
	}
	if n, err := fmt.Sscanf(f.size, "%dx%d", &o.Width, &o.Height); n != 2 || err != nil || f.size != fmt.Sprintf("%dx%d", o.Width, o.Height) {
		return o, fmt.Errorf("--size is %q, wanted two numbers such as 960x600", f.size)
	}
	if min(o.Width, o.Height) < chart.MinSide || max(o.Width, o.Height) > chart.MaxSide {
		return o, fmt.Errorf("--size is %s, wanted %d to %d pixels a side", f.size, chart.MinSide, chart.MaxSide)
	}
	switch ending := strings.ToLower(filepath.Ext(f.output)); ending {
	case ".png", ".svg":
		o.Format = plot.FormatOf(f.output)
	default:
		return o, fmt.Errorf("--output is %q, wanted a name that ends with .png or .svg", f.output)
	}
	if f.font != "" {
		o.Fonts, err = chart.OpenFont(f.font)
	}
	return o, err
}

func runPlot(cmd *cobra.Command, f plotFlags, args []string) error {
	o, err := f.options()
	if err != nil {
		return usageError(err)
	}
	name := "-"
	if len(args) == 1 {
		name = args[0]
	}
	if name == "-" && len(args) == 0 && isTerminal(os.Stdin) {
		return usageError(errors.New("plot: no file was named; name one, or - to type a table"))
	}
	data, err := readTable(name)
	if err != nil {
		return usageError(err)
	}
	t, err := table.Read(data)
	if err != nil {
		return usageError(fmt.Errorf("read %s: %w", name, err))
	}
	plan, err := f.request.Plan(t)
	if err != nil {
		return usageError(fmt.Errorf("draw %s: %w", name, err))
	}
	var picture bytes.Buffer
	drawn, err := plan.Chart.Draw(&picture, o)
	if err != nil {
		return usageError(fmt.Errorf("draw %s: %w", name, err))
	}
	if err := writeWhole(f.output, picture.Bytes()); err != nil {
		return err
	}
	fmt.Fprintln(cmd.ErrOrStderr(), printable(plan.Describe(drawn)))
	if f.show {
		if screen := picturesOn(os.Stdout, os.Stderr); screen != nil {
			if o.Format != chart.PNG { // a terminal takes no SVG
				picture.Reset()
				o.Format = chart.PNG
				if _, err := plan.Chart.Draw(&picture, o); err != nil {
					return err
				}
			}
			if err := screen.show(picture.Bytes()); err != nil {
				return err
			}
		}
	}
	_, err = fmt.Fprintln(cmd.OutOrStdout(), f.output)
	return err
}

// readTable reads a file, or stdin for "-", up to what a table may have.
func readTable(name string) ([]byte, error) {
	in := io.Reader(os.Stdin)
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		in = file
	}
	data, err := io.ReadAll(io.LimitReader(in, table.MaxBytes+1)) // table.Read says what is too long
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return data, nil
}

// writeWhole writes a file so that it is there whole or not at all.
func writeWhole(name string, data []byte) (err error) {
	file, err := os.CreateTemp(filepath.Dir(name), ".plot-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("write %s: %w", name, errors.Join(err, os.Remove(file.Name())))
		}
	}()
	if _, err := file.Write(data); err != nil {
		return errors.Join(err, file.Close())
	}
	if err := file.Chmod(0o644); err != nil {
		return errors.Join(err, file.Close())
	}
	if err := file.Close(); err != nil {
		return err
	}
	return os.Rename(file.Name(), name)
}
