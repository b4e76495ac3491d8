package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/qwen-agent/qwen-agent/eval/sessions"
	"github.com/qwen-agent/qwen-agent/interpreter/sandbox"
)

// sessionsOptions are the flags of the command that measures the interpreter.
type sessionsOptions struct {
	exec         execFlags
	reps         int
	series, once int
	only, out    string
	json         bool
}

func newBenchSessionsCmd() *cobra.Command {
	var o sessionsOptions
	cmd := &cobra.Command{
		Use:   "sessions",
		Short: "Measure how fast the code interpreter's sessions start and answer",
		Long: `Prints milliseconds, the median and the 95th percentile: start is a session of the code
interpreter from its opening to ready, and to the answer to its first cell; pool is one that
a pool has ready; cell is the round trip of a small cell. series opens sessions one after
another and shows what memory and descriptors this program holds in the course of it; at-once
opens many at the same time.`,
		Example: `  qwen-agent bench sessions --lang python --out rows.jsonl
  qwen-agent bench sessions --only start,cell --reps 20
  qwen-agent bench sessions table rows.jsonl`,
		Args: oneCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return benchSessions(cmd, o) },
	}
	f := cmd.Flags()
	addLanguageFlags(cmd, &o.exec)
	f.IntVar(&o.reps, "reps", 100, "`number` of starts; cells are run ten times as often")
	f.IntVar(&o.series, "series", 200, "`number` of sessions one after another")
	f.IntVar(&o.once, "at-once", 32, "`number` of sessions at once")
	f.StringVar(&o.only, "only", "", "`list` of what to measure, such as "+strings.Join(sessions.Names, ","))
	f.BoolVar(&o.json, "json", false, "print JSON in place of text")
	f.StringVar(&o.out, "out", "", "`file` that the result is added to, as a line of JSON")
	cmd.AddCommand(newBenchSessionsTableCmd())
	return cmd
}

func benchSessions(cmd *cobra.Command, o sessionsOptions) error {
	names := sessions.Names
	if o.only != "" {
		names = strings.Split(o.only, ",")
	}
	for _, n := range []struct {
		flag  string
		value int
	}{{"reps", o.reps}, {"series", o.series}, {"at-once", o.once}} {
		if n.value < 1 {
			return usageError(fmt.Errorf("--%s is %d, wanted 1 or more", n.flag, n.value))
		}
	}
	defaults := sandbox.Defaults
	o.exec.level, o.exec.memory, o.exec.files = sandbox.Strict.String(), byteSize(defaults.Memory), byteSize(defaults.Files)
	o.exec.processes, o.exec.cpu, o.exec.wall = defaults.Processes, defaults.CPU, defaults.Wall
	o.exec.notice = func(text string) { fmt.Fprintln(cmd.ErrOrStderr(), text) }
	options, err := o.exec.options()
	if err != nil {
		return err
	}
	bench := sessions.Bench{Options: options, N: o.reps, Series: o.series, AtOnce: o.once}
	row, err := measureSessions(cmd.Context(), bench, names)
	if err != nil {
		return err
	}
	if o.out != "" {
		if err := sessions.AppendRow(o.out, row); err != nil {
			return err
		}
	}
	if o.json {
		return writeIndented(cmd.OutOrStdout(), row)
	}
	table, err := sessions.Table([]sessions.Row{*row})
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(cmd.OutOrStdout(), table)
	return err
}

func measureSessions(ctx context.Context, bench sessions.Bench, names []string) (*sessions.Row, error) {
	for _, name := range names {
		if !sessions.Known(name) {
			return nil, usageError(fmt.Errorf("--only names %q, wanted some of %s", name, strings.Join(sessions.Names, ",")))
		}
	}
	row, err := bench.Describe(ctx)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if err := bench.Measure(ctx, name, row); err != nil {
			return nil, err
		}
	}
	return row, nil
}

func newBenchSessionsTableCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "table FILE...",
		Short: "Show measured rows beside a peer's, as a Markdown table",
		Long: `Reads files of rows, as "bench sessions --out" and scripts/jupyter_sessions.py write them, and
prints them in one table.`,
		Example: `  qwen-agent bench sessions table rows.jsonl`,
		Args:    usageArgs(cobra.MinimumNArgs(1), "one file or more"),
		RunE: func(cmd *cobra.Command, files []string) error {
			var rows []sessions.Row
			for _, name := range files {
				some, err := readSessionRows(name)
				if err != nil {
					return err
				}
				rows = append(rows, some...)
			}
			table, err := sessions.Table(rows)
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(cmd.OutOrStdout(), table)
			return err
		},
	}
}

func readSessionRows(name string) (rows []sessions.Row, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if rows, err = sessions.ReadRows(f); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return rows, nil
}
