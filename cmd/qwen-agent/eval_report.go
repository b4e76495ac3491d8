package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/qwen-agent/qwen-agent/eval"
	"github.com/qwen-agent/qwen-agent/eval/bfcl"
)

func newEvalReportCmd() *cobra.Command {
	var chart, curve string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "report FILE...",
		Short: "Make a table and a chart from results",
		Long: `Reads files that --json of the benchmarks wrote, also while these run, and prints one Markdown table of
all of them, a row for each group of questions.`,
		Example: `  qwen-agent eval report bfcl-0.5b.jsonl bfcl-1.5b.jsonl --chart bfcl.png`,
		Args:    usageArgs(cobra.MinimumNArgs(1), "files of results"),
		RunE: func(cmd *cobra.Command, args []string) error {
			list, err := eval.ReadAll(args...)
			if err != nil {
				return err
			}
			if asJSON {
				err = writeIndented(cmd.OutOrStdout(), list)
			} else {
				err = eval.Markdown(cmd.OutOrStdout(), list)
			}
			return errors.Join(err, writeChart(chart, list), reportCurves(cmd.OutOrStdout(), curve, args))
		},
	}
	cmd.Flags().StringVar(&chart, "chart", "", "`file` for a bar chart, as PNG")
	cmd.Flags().StringVar(&curve, "curve", "", "`file` for what each bound of the probability of a call gives, as PNG and, printed, as tables; of results of bfcl --both")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON list in place of the table")
	return cmd
}

// reportCurves draws a curve of each file into one picture, and prints their tables; "" is none.
func reportCurves(out io.Writer, path string, files []string) error {
	if path == "" {
		return nil
	}
	var curves []*bfcl.Curve
	for _, file := range files {
		s, results, err := eval.Read(file)
		if err != nil {
			return err
		}
		c, err := bfcl.NewCurve(s.Label(), results)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if err := c.Markdown(out); err != nil {
			return err
		}
		curves = append(curves, c)
	}
	return writePicture(path, func(w io.Writer) error { return bfcl.DrawCurves(w, curves) })
}
