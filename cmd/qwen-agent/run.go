package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/qwen-agent/qwen-agent/agent"
	"github.com/qwen-agent/qwen-agent/interpreter/sandbox"
	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/hub"
	"github.com/qwen-agent/qwen-agent/react"
	"github.com/qwen-agent/qwen-agent/tools"
)

const runLong = `Run works on a task file: it opens the model (and fetches it first if it is not here),
lets it think and call the task's tools, and prints the answer.

Only the answer goes to stdout. Thoughts, calls, results and the progress of a fetch go
to stderr. With --json, stdout has one JSON object; with --events jsonl, one JSON event a
line. docs/cli.md describes both.

Exit codes:
  0    answered
  1    the model, a tool's set-up or the output failed, or the model gave no answer
  2    bad use, a bad task file or a bad input; the model was not opened
  3    a limit of the task was reached before there was an answer
  130  interrupted (143 by SIGTERM)`

const runExample = `  qwen-agent run task.yaml
  qwen-agent run task.yaml -i year=2026 -i region=north
  qwen-agent run task.yaml --workspace ~/reports --yes
  qwen-agent run task.yaml --model qwen2.5-coder-0.5b --json | jq -r .answer`

// runOptions are the flags of run.
type runOptions struct {
	inputs    []string
	model     string
	format    string
	thinking  string
	callAt    string
	workspace string
	json      bool
	events    string
	yes       bool
	show      bool
	keep      bool
	python    string
	sandbox   string
	engine    engineFlags
}

func newRunCmd() *cobra.Command {
	var o runOptions
	cmd := &cobra.Command{
		Use:     "run FILE",
		Short:   "Work on a task file and print the answer",
		Long:    runLong,
		Example: runExample,
		Args:    usageArgs(cobra.ExactArgs(1), "one task file"),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
		},
		RunE: func(cmd *cobra.Command, args []string) error { return runTask(cmd, args[0], o) },
	}
	f := cmd.Flags()
	f.StringArrayVarP(&o.inputs, "input", "i", nil, "value of an input, as `name=value`; once for each input")
	f.StringVarP(&o.model, "model", "m", "", "`model` in place of the task's: a name, hf:OWNER/REPO/FILE, ms:OWNER/REPO/FILE, a URL or a file")
	f.StringVar(&o.format, "format", "", "prompt `format` in place of the task's: "+strings.Join(react.Formats, ", "))
	f.StringVar(&o.thinking, "thinking", "", "`how` the model thinks before it answers, in place of the task's: on, off, or how many tokens it may think")
	f.StringVar(&o.callAt, "call-at", "", callAtHelp+", in place of the task's")
	f.StringVarP(&o.workspace, "workspace", "w", "", "`folder` in place of the task's workspace")
	f.BoolVar(&o.json, "json", false, "print one JSON object in place of the answer")
	f.StringVar(&o.events, "events", "", "print events in a `form`: jsonl, one JSON object a line")
	f.BoolVarP(&o.yes, "yes", "y", false, "allow every call that would be asked about; what the task denies stays denied")
	f.BoolVar(&o.show, "show", false, showHelp+" that the run has left")
	o.engine.add(cmd)
	f.BoolVar(&o.keep, "keep-prefix", true, "keep what the model has read of the task's beginning in a file, so that the next run need not read it again")
	completeWords(cmd, "format", react.Formats)
	completeWords(cmd, "thinking", []string{"on", "off"})
	completeWords(cmd, "call-at", []string{"model"})
	f.StringVar(&o.python, "python", "", "`file` or name of the Python that runs code, in place of the task's; else the active virtual environment's, or python3")
	f.StringVar(&o.sandbox, "sandbox", sandbox.Strict.String(), "`level` of the sandbox that code runs in: strict, or basic for what an old kernel has")
	completeWords(cmd, "sandbox", []string{"strict", "basic"})
	completeModels(cmd, "model")
	completeWords(cmd, "events", []string{"jsonl"})
	return cmd
}

// completeWords has the shell complete a flag with some words.
func completeWords(cmd *cobra.Command, flag string, words []string) {
	if err := cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)); err != nil {
		panic(err) // there is no such flag
	}
}

// completeModels has the shell complete a flag with the catalogue and with files.
func completeModels(cmd *cobra.Command, flag string) {
	var names []string
	for _, m := range hub.Catalogue() {
		names = append(names, m.Name)
	}
	err := cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(names, cobra.ShellCompDirectiveDefault))
	if err != nil {
		panic(err) // there is no such flag
	}
}

func (o *runOptions) check() error {
	switch {
	case o.events != "" && o.events != "jsonl":
		return fmt.Errorf("--events is %q, wanted jsonl", o.events)
	case o.show && (o.json || o.events != ""):
		return errors.New("--show is set beside --json or --events, whose reader is no terminal")
	case o.events != "" && o.json:
		return errors.New("--json and --events are both set, wanted one of them")
	}
	if o.format != "" {
		if _, err := react.ProfileNamed(o.format, llm.Info{}); err != nil {
			return fmt.Errorf("--format: %w", err)
		}
	}
	return nil
}

const callAtHelp = "`probability` of a call from which on an answer is one, in formats that leave it free; model leaves it to the model"

// readCallAt reads the value of --call-at; nil is what suits the model, or the task's own.
func readCallAt(s string) (*float64, error) {
	at := llm.CallFreely
	switch s {
	case "":
		return nil, nil
	case "model":
		return &at, nil
	}
	at, err := strconv.ParseFloat(s, 64)
	if err != nil || !(at >= 0 && at <= 1) {
		return nil, fmt.Errorf("--call-at is %q, wanted a number from 0 to 1, or model", s)
	}
	return &at, nil
}

// readThinking reads the value of --thinking; nil is the task's own.
func readThinking(s string) (*llm.Thinking, error) {
	switch s {
	case "":
		return nil, nil
	case "on":
		return &llm.Thinking{}, nil
	case "off":
		return &llm.Thinking{Off: true}, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return nil, fmt.Errorf("--thinking is %q, wanted on, off or a number of tokens above 0", s)
	}
	return &llm.Thinking{Budget: n}, nil
}

// readInputs splits the values of --input.
func readInputs(flags []string) (map[string]string, error) {
	inputs := make(map[string]string, len(flags))
	for _, s := range flags {
		name, value, ok := strings.Cut(s, "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("--input is %q, wanted name=value", s)
		}
		if _, twice := inputs[name]; twice {
			return nil, fmt.Errorf("--input gives %s twice", name)
		}
		inputs[name] = value
	}
	return inputs, nil
}

func runTask(cmd *cobra.Command, file string, o runOptions) (err error) {
	if err := o.check(); err != nil {
		return usageError(err)
	}
	engineOptions, err := o.engine.options()
	if err != nil {
		return err
	}
	if o.keep {
		engineOptions.PrefixDir = prefixDir()
	}
	given, err := readInputs(o.inputs)
	if err != nil {
		return usageError(err)
	}
	thinking, err := readThinking(o.thinking)
	if err != nil {
		return usageError(err)
	}
	callAt, err := readCallAt(o.callAt)
	if err != nil {
		return usageError(err)
	}
	task, err := agent.Load(file)
	if err != nil {
		return usageError(err)
	}
	inputs, err := task.ParseInputs(given)
	if err != nil {
		return err
	}
	style := styleOf(os.Stderr)
	options := agent.Options{Workspace: o.workspace, Format: o.format, Thinking: thinking, CallAt: callAt, Python: o.python}
	if options.Sandbox, err = sandbox.ParseLevel(o.sandbox); err != nil || options.Sandbox == sandbox.Off {
		return usageError(fmt.Errorf("--sandbox is %q, wanted strict or basic", o.sandbox))
	}
	options.Notice = func(text string) { fmt.Fprintf(os.Stderr, "note: %s\n", text) }
	asker := newAsker(o.yes, os.Stdin, os.Stderr, style)
	if asker != nil {
		options.Ask = asker.ask
	}
	a, err := agent.New(task, inputs, options)
	if err != nil {
		return usageError(err)
	}
	defer a.Close()
	if names := a.Withheld(); len(names) > 0 && asker == nil {
		fmt.Fprintf(os.Stderr, "note: the model is not told of %s, since nobody is there to ask; --yes, or a rule of the task, allows it\n", strings.Join(names, ", "))
	}

	if err := a.Start(cmd.Context()); err != nil {
		return err
	}

	name := task.Model
	if o.model != "" {
		name = o.model
	}
	if !cmd.Flags().Changed("draft") {
		engineOptions.Draft = task.Draft
	}
	model, closeModel, err := openModel(cmd.Context(), name, engineOptions)
	if err != nil {
		return err
	}
	defer func() {
		if cerr := closeModel(); err == nil && cerr != nil {
			err = cerr
		}
	}()

	var r reporter
	switch info := (runInfo{Task: task.Name, File: file, Model: model.Info().Name, Question: a.Question(), Tools: a.Tools()}); {
	case o.json:
		r = &jsonReporter{w: cmd.OutOrStdout(), info: info, structured: task.Output != nil}
	case o.events != "":
		r = &eventReporter{w: cmd.OutOrStdout(), info: info, structured: task.Output != nil}
	default:
		t := &textReporter{w: cmd.OutOrStdout(), log: os.Stderr, style: style, live: isTerminal(os.Stdout), tools: a.Tools()}
		if root := a.Workspace(); root != nil {
			t.root = root.Name()
			if o.show {
				t.show = func(f tools.Artefact) error { return showArtefact(root, f) }
			}
		}
		if asker != nil {
			asker.before = t.breakLine
		}
		r = t
	}
	return report(cmd.Context(), a, model, r)
}

// reporter shows a run. An error is one of the output and ends the run.
type reporter interface {
	start() error
	event(e react.Event) error
	finish(end react.End, err error) error // err is the model's, or nil
}

// report runs the agent and turns its end into the program's.
func report(ctx context.Context, a *agent.Agent, m llm.Model, r reporter) error {
	if err := r.start(); err != nil {
		return err
	}
	var end react.End
	var failure error
	for e, err := range a.Run(ctx, m) {
		if err != nil {
			failure = err
			break
		}
		if last, ok := e.(react.End); ok {
			end = last
			continue // an error may follow
		}
		if err := r.event(e); err != nil {
			return err
		}
	}
	if end.Reason == "" {
		end.Reason = react.Failed
	}
	if err := r.finish(end, failure); err != nil {
		return err
	}
	return outcome(ctx, end, failure)
}

// outcome is the error that a run ends the program with.
func outcome(ctx context.Context, end react.End, failure error) error {
	switch end.Reason {
	case react.Answered:
		return nil
	case react.Limited:
		return &exitError{exitLimit, fmt.Errorf("stopped at the limit of %s before there was an answer", limitName(end.Limit))}
	case react.NoAnswer:
		return errors.New("the model gave no answer, also when it was asked again")
	case react.Cancelled:
		return context.Cause(ctx)
	}
	if failure == nil {
		failure = errors.New("the run ended without a reason")
	}
	return failure
}

// limitName is a limit as people say it.
func limitName(limit string) string {
	if limit == "tool_calls" {
		return "tool calls"
	}
	return limit
}
