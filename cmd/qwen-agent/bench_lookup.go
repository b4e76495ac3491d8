package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/qwen-agent/qwen-agent/eval/speed"
	"github.com/qwen-agent/qwen-agent/kernels/variant"
	"github.com/qwen-agent/qwen-agent/llm/engine"
)

// lookupReport is what bench lookup prints.
type lookupReport struct {
	Model   string           `json:"model"`
	Threads int              `json:"threads"`
	System  string           `json:"system"`
	Texts   []speed.Guessing `json:"texts"`
	Sets    []speed.Guessing `json:"sets"`
}

// benchLookupOptions are the flags of bench lookup.
type benchLookupOptions struct {
	model          string
	threads, reps  int
	lookup         int
	data, examples string
	only           string
	asJSON         bool
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

Answers that are not the same, byte for byte, are an error.`,
		Example: `  qwen-agent bench lookup --model qwen2.5-coder-0.5b --data data --only edits,new`,
		Args:    usageArgs(cobra.NoArgs, "none"),
		RunE:    func(cmd *cobra.Command, _ []string) error { return benchLookup(cmd, o) },
	}
	f := cmd.Flags()
	f.StringVarP(&o.model, "model", "m", "", "`name` or path of the model")
	f.IntVar(&o.threads, "threads", 0, "`number` of threads; 0 is one for each core")
	f.IntVar(&o.reps, "reps", 3, "`number` of runs of each, after one that warms up")
	f.IntVar(&o.lookup, "lookup", 0, "guess at most this `number` of tokens from the text before them; 0 is the default number")
	f.StringVar(&o.data, "data", "data", "`folder` with the folder humaneval")
	f.StringVar(&o.examples, "examples", "examples", "`folder` of the example tasks")
	f.StringVar(&o.only, "only", "", "`list` of sets or texts, such as edits,new/1")
	f.BoolVar(&o.asJSON, "json", false, "print one JSON object")
	return cmd
}

func benchLookup(cmd *cobra.Command, o benchLookupOptions) (err error) {
	if o.reps < 1 {
		return usageError(fmt.Errorf("--reps is %d, wanted 1 or more", o.reps))
	}
	if o.lookup < 0 {
		return usageError(fmt.Errorf("--lookup is %d, wanted 0 or more", o.lookup))
	}
	ctx := cmd.Context()
	plain, _, err := openEngine(ctx, o.model, engine.Options{Threads: o.threads, Lookup: -1})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, plain.Close()) }()
	guessing, _, err := openEngine(ctx, o.model, engine.Options{Threads: o.threads, Lookup: o.lookup})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, guessing.Close()) }()

	texts, err := o.texts(ctx, plain)
	if err != nil {
		return err
	}
	r := lookupReport{
		Model: filepath.Base(plain.Path()), Threads: plain.Options().Threads,
		System: fmt.Sprintf("%s/%s, kernels %s", runtime.GOOS, runtime.GOARCH, variant.Name()),
	}
	w := cmd.OutOrStdout()
	if !o.asJSON {
		fmt.Fprintf(w, "%s, %d threads, %s\n", r.Model, r.Threads, r.System)
		fmt.Fprintf(w, "%-6s %-14s %6s %8s %9s %9s %9s %6s\n", "set", "text", "tokens", "guessed", "accepted", "plain", "guessing", "ratio")
	}
	for row, err := range speed.CompareGuessing(ctx, plain, guessing, texts, o.reps, false) {
		if err != nil {
			return err
		}
		r.Texts = append(r.Texts, row)
		if !o.asJSON {
			writeGuessing(w, row)
		}
	}
	r.Sets = speed.Totals(r.Texts)
	if o.asJSON {
		return writeIndented(w, r)
	}
	for _, row := range r.Sets {
		writeGuessing(w, row)
	}
	return nil
}

// texts returns the texts that --only leaves; what it leaves out need not be here.
func (o *benchLookupOptions) texts(ctx context.Context, m *engine.Engine) ([]speed.Text, error) {
	var only []string
	if o.only != "" {
		only = strings.Split(o.only, ",")
	}
	wanted := func(set string) bool {
		return only == nil || slices.ContainsFunc(only, func(s string) bool { return s == set || strings.Contains(s, "/") })
	}
	var texts []speed.Text
	if wanted(speed.SetTasks) {
		var files []string
		for _, name := range []string{"hello", "budget", "fix"} {
			files = append(files, filepath.Join(o.examples, name, "task.yaml"))
		}
		found, err := speed.Transcripts(ctx, m, files)
		if err != nil {
			return nil, err
		}
		texts = append(texts, found...)
	}
	if wanted(speed.SetEdits) || wanted(speed.SetCalls) {
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
	fmt.Fprintf(w, "%-6s %-14s %6d %8d %9d %7.2f s %7.2f s %6.2f\n", g.Set, g.Name, g.Tokens, g.Guessed, g.Accepted, g.Plain, g.Seconds, g.Ratio)
}
