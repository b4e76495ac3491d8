package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/qwen-agent/qwen-agent/eval/speed"
	"github.com/qwen-agent/qwen-agent/llm/engine"
)

// benchLookupOptions are the flags of bench lookup.
type benchLookupOptions struct {
	benchOptions
	data, examples string
	only           string
}

func newBenchLookupCmd() *cobra.Command {
	var o benchLookupOptions
	cmd := &cobra.Command{
		Use:   "lookup --model MODEL",
		Short: "Measure what guessing tokens ahead is worth",
		Long: `Writes the same answers with and without guesses, in turn, and prints how many tokens a
second more or less the guesses made of it, for every text and for these sets:

  tasks  what a model is asked while it works on the three example tasks
  edits  ten programs of HumanEval, each to be repeated with a small change
  calls  some of these, written as an argument of a call
  new    texts that have nothing to copy, sampled

Answers that are not the same, byte for byte, are an error. With --draft every run's prompt
is a new one, so that the smaller model has to read it too.`,
		Example: `  qwen-agent bench lookup --model qwen2.5-coder-0.5b --data data --only edits,new`,
		Args:    usageArgs(cobra.NoArgs, "none"),
		RunE:    func(cmd *cobra.Command, _ []string) error { return benchLookup(cmd, o) },
	}
	o.addFlags(cmd, 3, " of each text, after one that warms up")
	f := cmd.Flags()
	f.StringVar(&o.data, "data", "data", "`folder` with the folder humaneval")
	f.StringVar(&o.examples, "examples", "examples", "`folder` with the example tasks")
	f.StringVar(&o.only, "only", "", "`list` of sets or texts, such as edits,new/1")
	return cmd
}

func benchLookup(cmd *cobra.Command, o benchLookupOptions) (err error) {
	if err := o.check(); err != nil {
		return err
	}
	without := o.benchOptions
	without.engine.lookup, without.engine.draft = 0, ""
	if without.engine == o.engine {
		return usageError(errors.New("--lookup is 0 and there is no --draft, wanted something to compare with"))
	}
	ctx := cmd.Context()
	plain, row, err := without.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, plain.Close()) }()
	guessing, _, err := o.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, guessing.Close()) }()

	texts, err := o.texts(ctx, plain)
	if err != nil {
		return err
	}
	w := cmd.OutOrStdout()
	if !o.json {
		fmt.Fprintf(w, "%s, %d threads, %s\n", row.Model, row.Threads, row.System)
		fmt.Fprintf(w, "%-11s %-14s %6s %8s %9s %9s %9s %6s\n", "set", "text", "tokens", "guessed", "accepted", "plain", "guessing", "ratio")
	}
	var rows []speed.Guessing
	for g, err := range speed.CompareGuessing(ctx, plain, guessing, texts, o.reps, o.engine.draft != "") {
		if err != nil {
			return err
		}
		rows = append(rows, g)
		if !o.json {
			writeGuessing(w, g)
		}
	}
	for _, g := range speed.Totals(rows) {
		rows = append(rows, g)
		row.Set("guessing_"+g.Set+"_x", g.Ratio, 2)
		if !o.json {
			writeGuessing(w, g)
		}
	}
	if o.out != "" {
		if err := speed.AppendRow(o.out, row); err != nil {
			return err
		}
	}
	if !o.json {
		return nil
	}
	return writeIndented(w, struct {
		Row   speed.Row        `json:"row"`
		Texts []speed.Guessing `json:"texts"`
	}{row, rows})
}

// texts returns the texts that --only leaves; what it leaves out need not be here.
func (o *benchLookupOptions) texts(ctx context.Context, m *engine.Engine) ([]speed.Text, error) {
	var only []string
	if o.only != "" {
		only = strings.Split(o.only, ",")
	}
	wanted := func(set string, texts ...string) bool {
		return only == nil || slices.ContainsFunc(only, func(s string) bool {
			text, _, _ := strings.Cut(s, "/")
			return s == set || slices.Contains(texts, text)
		})
	}
	var texts []speed.Text
	if wanted(speed.SetTasks, speed.Tasks...) {
		found, err := speed.Transcripts(ctx, m, o.examples, speed.Tasks)
		if err != nil {
			return nil, err
		}
		texts = append(texts, found...)
	}
	if wanted(speed.SetEdits, "HumanEval") || wanted(speed.SetCalls, "call") {
		found, err := speed.Edits(filepath.Join(o.data, "humaneval"))
		if errors.Is(err, os.ErrNotExist) {
			err = fmt.Errorf("%w: --data has to name the folder that the folder humaneval is in", err)
		}
		if err != nil {
			return nil, err
		}
		texts = append(texts, found...)
	}
	texts = append(texts, speed.New()...)
	all := slices.Clone(texts)
	texts = slices.DeleteFunc(texts, func(t speed.Text) bool {
		return only != nil && !slices.Contains(only, t.Set) && !slices.Contains(only, t.Name)
	})
	for _, s := range only {
		if !slices.Contains(speed.Sets, s) && !slices.ContainsFunc(all, func(t speed.Text) bool { return t.Name == s }) {
			return nil, usageError(fmt.Errorf("--only has %q, wanted a text's name or one of %s", s, strings.Join(speed.Sets, ", ")))
		}
	}
	return texts, nil
}

func writeGuessing(w io.Writer, g speed.Guessing) {
	fmt.Fprintf(w, "%-11s %-14s %6d %8d %9d %7.2f s %7.2f s %6.2f\n", g.Set, g.Name, g.Tokens, g.Guessed, g.Accepted, g.Plain, g.Seconds, g.Ratio)
}
