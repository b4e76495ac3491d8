package main

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/qwen-agent/qwen-agent/eval/speed"
	"github.com/qwen-agent/qwen-agent/kernels/variant"
	"github.com/qwen-agent/qwen-agent/llm/engine"
)

// benchOptions are the flags of every command that measures a model's speed.
type benchOptions struct {
	model  string
	engine engineFlags
	reps   int
	json   bool
	out    string
}

func (o *benchOptions) addFlags(cmd *cobra.Command, reps int, whatReps string) {
	f := cmd.Flags()
	f.StringVarP(&o.model, "model", "m", "", "`name` or path of the model")
	o.engine.add(cmd)
	f.IntVar(&o.reps, "reps", reps, "`number` of runs"+whatReps)
	f.BoolVar(&o.json, "json", false, "print JSON in place of text")
	f.StringVar(&o.out, "out", "", "`file` that the result is added to, as a line of JSON")
	completeModels(cmd, "model")
}

func (o *benchOptions) check() error {
	if o.reps < 1 {
		return usageError(fmt.Errorf("--reps is %d, wanted 1 or more", o.reps))
	}
	return nil
}

// open opens the model and begins the row of its figures.
func (o *benchOptions) open(ctx context.Context) (*engine.Engine, speed.Row, error) {
	options, err := o.engine.options()
	if err != nil {
		return nil, speed.Row{}, err
	}
	e, load, err := openEngine(ctx, o.model, options)
	if err != nil {
		return nil, speed.Row{}, err
	}
	row := speed.Row{
		Peer: speed.Ours, Model: filepath.Base(e.Path()), Threads: e.Options().Threads,
		System: fmt.Sprintf("%s/%s, kernels %s", runtime.GOOS, runtime.GOARCH, variant.Name()),
	}
	row.Set("load_s", load.Seconds(), 2)
	return e, row, nil
}

func newBenchCmd() *cobra.Command {
	var o benchOptions
	var only string
	cmd := &cobra.Command{
		Use:   "bench --model MODEL",
		Short: "Measure how fast a model reads and writes",
		Long: `Prints tokens a second, the median of several runs: pp512 is reading a prompt of 512
tokens, tg64@512 writing 64 tokens after as many, batch8 writing in eight sequences at once.
first_s is the time from opening the model to the first token of an answer to a short question.
gap_ms is the longest wait for a token of an answer, in milliseconds, while a prompt of 4096
tokens is read beside it. Also the seconds that opening the model takes and the most memory
that was resident. The commands below it measure other things.`,
		Example: `  qwen-agent bench --model qwen2.5-coder-0.5b --threads 2 --only pp512,tg64
  qwen-agent bench agent --server ./llama-server
  qwen-agent bench table rows.jsonl`,
		Args: oneCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return benchSpeed(cmd, o, only) },
	}
	o.addFlags(cmd, 5, " of each; the long ones run a third as often")
	cmd.Flags().StringVar(&only, "only", "", "`list` of what to measure, such as pp512,tg64")
	cmd.AddCommand(newBenchAgentCmd(), newBenchLookupCmd(), newBenchProfileCmd(), newBenchSessionsCmd(), newBenchTableCmd())
	return cmd
}

func benchSpeed(cmd *cobra.Command, o benchOptions, only string) error {
	if err := o.check(); err != nil {
		return err
	}
	var names []string
	if only != "" {
		names = strings.Split(only, ",")
	}
	jobs, err := speed.Select(names)
	if err != nil {
		return usageError(err)
	}
	w := cmd.OutOrStdout()
	start := time.Now()
	e, row, err := o.open(cmd.Context())
	if err != nil {
		return err
	}
	defer e.Close()
	opened := time.Since(start).Seconds()
	if !o.json {
		fmt.Fprintf(w, "%s, %d threads, %s; opened in %.2f s\n", row.Model, row.Threads, row.System, row.Values["load_s"])
	}
	for _, j := range jobs {
		rate, err := speed.Measure(cmd.Context(), e, j, o.reps)
		if err != nil {
			return err
		}
		decimals := 1
		if j.First {
			rate, decimals = rate+opened, 3
		}
		row.Set(j.Name, rate, decimals)
		if !o.json {
			fmt.Fprintf(w, "%-10s %8.*f %s\n", j.Name, decimals, rate, j.Unit())
		}
	}
	row.Set("peak_rss_mb", float64(speed.PeakMemory()>>20), 0)
	if o.out != "" {
		if err := speed.AppendRow(o.out, row); err != nil {
			return err
		}
	}
	if o.json {
		return writeIndented(w, row)
	}
	_, err = fmt.Fprintf(w, "%-10s %8.0f MiB\n", "peak rss", row.Values["peak_rss_mb"])
	return err
}
