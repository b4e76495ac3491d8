package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/qwen-agent/qwen-agent/eval/golden"
	"github.com/qwen-agent/qwen-agent/llm/engine"
)

// openEngine opens a model by its name for a command that measures it, and says how long
// that took, once the model was here.
func openEngine(ctx context.Context, name string, o engine.Options) (*engine.Engine, time.Duration, error) {
	path, err := resolveModel(ctx, name, os.Stderr)
	if err != nil {
		return nil, 0, err
	}
	if err := resolveDraft(ctx, &o); err != nil {
		return nil, 0, err
	}
	start := time.Now()
	e, err := engine.Open(ctx, path, o)
	if err != nil {
		return nil, 0, fmt.Errorf("open the model: %w", err)
	}
	return e, time.Since(start), nil
}

// writeIndented writes one value as JSON that people can read too.
func writeIndented(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	return e.Encode(v)
}

func newEvalCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "eval",
		Short: "Measure how well a model does",
		Args:  oneCommand,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newEvalGoldenCmd(), newEvalBFCLCmd(), newEvalCodeCmd())
	return cmd
}

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
