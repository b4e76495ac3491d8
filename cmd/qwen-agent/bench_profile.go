package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/qwen-agent/qwen-agent/eval/speed"
	"github.com/qwen-agent/qwen-agent/kernels/variant"
)

const benchProfileLong = `Prints what the time of reading 512 tokens, and of writing 64 at the beginning and after
4096, goes to, as Markdown tables. Each part has its share of the time, how much of its
time the workers were idle, how many bytes of weights or of the cache it read a second
and how many integer operations it did, and what share that is of the roof: what the
command measures the machine to give as many threads that only read memory, and that
only multiply and add, at best, before, between and after the parts.`

func newBenchProfileCmd() *cobra.Command {
	var model string
	var flags engineFlags
	cmd := &cobra.Command{
		Use:     "profile --model MODEL",
		Short:   "Show what the time goes to, beside what the machine can do at most",
		Long:    benchProfileLong,
		Example: `  qwen-agent bench profile --model qwen2.5-coder-0.5b`,
		Args:    usageArgs(cobra.NoArgs, "none"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			r := new(speed.Recorder)
			options, err := flags.options()
			if err != nil {
				return err
			}
			options.Observe = r.Observe
			e, _, err := openEngine(cmd.Context(), model, options)
			if err != nil {
				return err
			}
			defer e.Close()
			w := cmd.OutOrStdout()
			roof := speed.MeasureRoof(e.Options().Threads)
			var profiles []*speed.Profile
			for _, j := range speed.ProfileJobs {
				p, err := r.Profile(cmd.Context(), e, j)
				if err != nil {
					return err
				}
				profiles = append(profiles, p)
				roof = roof.Best(speed.MeasureRoof(e.Options().Threads))
			}
			fmt.Fprintf(w, "%s, %d threads, kernels %s: %.1f GB/s are read from memory, %.0f GOPS multiplied and added\n",
				filepath.Base(e.Path()), e.Options().Threads, variant.Name(), roof.Bandwidth/1e9, roof.Ops/1e9)
			for _, p := range profiles {
				if _, err := fmt.Fprintf(w, "\n%s", p.Markdown(roof)); err != nil {
					return err
				}
			}
			return nil
		},
	}
	cmd.Flags().StringVarP(&model, "model", "m", "", "`name` or path of the model")
	flags.add(cmd)
	completeModels(cmd, "model")
	return cmd
}
