package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/qwen-agent/qwen-agent/eval/golden"
)

func newEvalGoldenCmd() *cobra.Command {
	var model string
	var flags engineFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "golden DIR --model MODEL",
		Short: "Compare the engine's arithmetic with reference logits",
		Long: `Computes the prompts of DIR (prompts.json and last_logits.f32, made from the same weights
in float32) and prints, for each and in all: at how many positions the likeliest next
token is the reference's, the divergence of the distributions (KL, in nats: of the ten
likeliest tokens and the rest as one; at the last position of the whole vocabulary), and
how many tokens of the greedy continuation are the same.`,
		Example: `  qwen-agent eval golden data/golden/MODEL --model qwen2.5-coder-0.5b`,
		Args:    usageArgs(cobra.ExactArgs(1), "the folder of the reference"),
		RunE: func(cmd *cobra.Command, args []string) error {
			reference, err := golden.Read(args[0])
			if err != nil {
				return err
			}
			options, err := flags.options()
			if err != nil {
				return err
			}
			e, _, err := openEngine(cmd.Context(), model, options)
			if err != nil {
				return err
			}
			defer e.Close()
			report, err := golden.Compare(cmd.Context(), e, reference, nil)
			if err != nil {
				return err
			}
			if asJSON {
				return writeIndented(cmd.OutOrStdout(), report)
			}
			return writeGolden(cmd.OutOrStdout(), report)
		},
	}
	cmd.Flags().StringVarP(&model, "model", "m", "", "`name` or path of the model")
	flags.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}

// writeGolden prints a report as a table.
func writeGolden(w io.Writer, r *golden.Report) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "positions\tsame top\tmean KL\tlast KL\tgreedy\t  prompt")
	for _, p := range r.Prompts {
		fmt.Fprintf(t, "%d\t%d\t%.5f\t%.5f\t%d/%d\t  %s\n", p.Positions, p.Agree, p.MeanKL, p.FullKL, p.Greedy, p.GreedyOf, p.Name)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "top-1 agreement %d / %d %.2f %%  mean KL %.5f  p99 %.4f  max %.4f  greedy the same %d / %d\n",
		r.Agree, r.Positions, r.Top1, r.MeanKL, r.P99KL, r.MaxKL, r.GreedySame, len(r.Prompts))
	return err
}
