package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

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
		Long: `Asks a model the questions of a benchmark, greedily, and prints how many answers are right,
with the 95 % interval (Wilson) that this many questions leave. --json keeps every answer with
what was right and why it counted or did not, and --resume goes on with a run that was broken off.`,
		Args: oneCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newEvalBFCLCmd(), newEvalHumanEvalCmd(), newEvalAgentCmd(), newEvalPPLCmd(), newEvalHFAgentCmd(), newEvalReactCmd(), newEvalGoldenCmd(), newEvalReportCmd())
	return cmd
}
