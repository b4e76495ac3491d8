package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/qwen-agent/qwen-agent/eval"
)

func newEvalReportCmd() *cobra.Command {
	var chart string
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
			return errors.Join(err, writeChart(chart, list))
		},
	}
	cmd.Flags().StringVar(&chart, "chart", "", "`file` for a bar chart, as PNG")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON list in place of the table")
	return cmd
}
