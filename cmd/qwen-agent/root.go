package main

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/qwen-agent/qwen-agent/kernels/variant"
)

const rootLong = `qwen-agent runs agents on your own machine: it opens a local Qwen model with its own
engine, lets a planner think and call tools, and prints the answer.`

const rootExample = `  qwen-agent run examples/hello/task.yaml    # fetches the model once, then answers
  qwen-agent task check task.yaml            # what is wrong with a task file
  qwen-agent models                          # the models there are`

// execute carries out a command line and returns the exit code.
func execute(args []string) int {
	ctx, stop := watchSignals(context.Background())
	defer stop()
	out := &output{w: os.Stdout}
	root := newRootCmd()
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(os.Stderr)
	started := false
	noteStart(root, &started)
	err := variant.Err()
	if err == nil {
		err = root.ExecuteContext(ctx)
	}
	switch {
	case out.err != nil:
		err = out.err
	case err != nil && !started:
		err = usageError(err)
	}
	if code := interruptedCode(ctx); code != 0 && (err != nil || ctx.Err() != nil) {
		fmt.Fprintln(os.Stderr, "qwen-agent: interrupted")
		return code
	}
	code, message := exitCode(err)
	if message != "" {
		fmt.Fprintln(os.Stderr, message)
	}
	return code
}

func newRootCmd() *cobra.Command {
	root := &cobra.Command{
		Use:           "qwen-agent",
		Short:         "Run agents with a local Qwen model",
		Long:          rootLong,
		Example:       rootExample,
		Version:       versionLine(),
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          oneCommand,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fmt.Errorf("%w; see %s --help", err, cmd.CommandPath())
	})
	root.AddCommand(newRunCmd(), newTaskCmd(), newModelsCmd(), newPullCmd(), newExecCmd(), newPlotCmd(), newEvalCmd(), newBenchCmd(), newVersionCmd())
	return root
}

// noteStart has every command below cmd say that it was started: what goes wrong before
// is bad use.
func noteStart(cmd *cobra.Command, started *bool) {
	if run := cmd.RunE; run != nil {
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			*started = true
			return run(cmd, args)
		}
	}
	for _, c := range cmd.Commands() {
		noteStart(c, started)
	}
}

// oneCommand is the argument check of a command that only has others below it.
func oneCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := ""
	cmd.SuggestionsMinimumDistance = 2 // letters; cobra's own default is for a check of its own
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		hint = fmt.Sprintf(": did you mean %q?", near[0])
	}
	return fmt.Errorf("%s has no command %q%s; see %s --help", cmd.CommandPath(), args[0], hint, cmd.CommandPath())
}

// usageArgs is an argument check whose complaint says what the arguments are.
func usageArgs(check cobra.PositionalArgs, wanted string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if check(cmd, args) == nil {
			return nil
		}
		return fmt.Errorf("%s: found %s, wanted %s; see %s --help", cmd.CommandPath(), count(len(args), "argument"), wanted, cmd.CommandPath())
	}
}
