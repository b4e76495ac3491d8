package main

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/qwen-agent/qwen-agent/eval/speed"
	"github.com/qwen-agent/qwen-agent/kernels/variant"
	"github.com/qwen-agent/qwen-agent/llm/engine"
)

// benchReport has the keys of the script that measures llama.cpp.
type benchReport struct {
	Peer    string  `json:"peer"`
	Model   string  `json:"model"`
	Threads int     `json:"threads"`
	Load    float64 `json:"load_s"`
	System  string  `json:"system"`

	PP128     float64 `json:"pp128,omitempty"`
	PP512     float64 `json:"pp512,omitempty"`
	PP2048    float64 `json:"pp2048,omitempty"`
	TG64      float64 `json:"tg64,omitempty"`
	TG64At512 float64 `json:"tg64@512,omitempty"`
	TG64At4K  float64 `json:"tg64@4096,omitempty"`
	Batch8    float64 `json:"batch8,omitempty"`
	GapAt4K   float64 `json:"gap@4096_ms,omitempty"`

	PeakRSS int64 `json:"peak_rss_mb"`
}

// set fills in the rate of a job.
func (r *benchReport) set(job string, rate float64) {
	rate = float64(int(rate*10+0.5)) / 10
	*map[string]*float64{
		"pp128": &r.PP128, "pp512": &r.PP512, "pp2048": &r.PP2048,
		"tg64": &r.TG64, "tg64@512": &r.TG64At512, "tg64@4096": &r.TG64At4K,
		"batch8": &r.Batch8, "gap@4096": &r.GapAt4K,
	}[job] = rate
}

func newBenchCmd() *cobra.Command {
	var model, only string
	var threads, reps int
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "bench --model MODEL",
		Short: "Measure how fast a model reads and writes",
		Long: `Prints tokens a second, the median of several runs: pp512 is reading a prompt of 512
tokens, tg64@512 writing 64 tokens after as many, batch8 writing in eight sequences at once.
gap@4096 is the longest wait for a token of an answer while a prompt is read beside it, in
milliseconds. Also the seconds that opening the model takes and the most memory that was
resident.`,
		Example: `  qwen-agent bench --model qwen2.5-coder-0.5b --threads 2 --only pp512,tg64`,
		Args:    usageArgs(cobra.NoArgs, "none"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if reps < 1 {
				return usageError(fmt.Errorf("--reps is %d, wanted 1 or more", reps))
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
			e, load, err := openEngine(cmd.Context(), model, engine.Options{Threads: threads})
			if err != nil {
				return err
			}
			defer e.Close()
			r := benchReport{
				Peer: "qwen-agent", Model: filepath.Base(e.Path()), Threads: e.Options().Threads,
				Load:   seconds(load),
				System: fmt.Sprintf("%s/%s, kernels %s", runtime.GOOS, runtime.GOARCH, variant.Name()),
			}
			if !asJSON {
				fmt.Fprintf(w, "%s, %d threads, %s; opened in %.2f s\n", r.Model, r.Threads, r.System, r.Load)
			}
			for _, j := range jobs {
				rate, err := speed.Measure(cmd.Context(), e, j, reps)
				if err != nil {
					return err
				}
				r.set(j.Name, rate)
				if !asJSON {
					fmt.Fprintf(w, "%-10s %8.1f %s\n", j.Name, rate, j.Unit())
				}
			}
			r.PeakRSS = speed.PeakMemory() >> 20
			if asJSON {
				return writeIndented(w, r)
			}
			_, err = fmt.Fprintf(w, "%-10s %8d MiB\n", "peak rss", r.PeakRSS)
			return err
		},
	}
	cmd.Flags().StringVarP(&model, "model", "m", "", "`name` or path of the model")
	cmd.Flags().IntVar(&threads, "threads", 0, "`number` of threads; 0 is one for each core")
	cmd.Flags().IntVar(&reps, "reps", 5, "`number` of runs of each; the long ones run a third as often")
	cmd.Flags().StringVar(&only, "only", "", "`list` of what to measure, such as pp512,tg64")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}
