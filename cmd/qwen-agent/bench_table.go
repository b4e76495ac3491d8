package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/qwen-agent/qwen-agent/eval/speed"
)

func newBenchTableCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "table FILE...",
		Short: "Compare measured rows with a peer's, as a Markdown table",
		Long: `Reads files of rows, as "bench --out" and scripts/llamacpp_speed.py write them, and prints
for each model the medians of both programs, their spread and their ratio, beside the goal.`,
		Example: `  qwen-agent bench table rows/*.jsonl`,
		Args:    usageArgs(cobra.MinimumNArgs(1), "one file or more"),
		RunE: func(cmd *cobra.Command, files []string) error {
			var rows []speed.Row
			for _, name := range files {
				some, err := readRows(name)
				if err != nil {
					return err
				}
				rows = append(rows, some...)
			}
			table, err := speed.Table(rows)
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(cmd.OutOrStdout(), table)
			return err
		},
	}
}

func readRows(name string) (rows []speed.Row, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if rows, err = speed.ReadRows(f); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return rows, nil
}
