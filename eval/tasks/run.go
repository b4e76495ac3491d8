package tasks

import (
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/qwen-agent/qwen-agent/agent"
	"github.com/qwen-agent/qwen-agent/eval"
	"github.com/qwen-agent/qwen-agent/interpreter/sandbox"
	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/react"
)

// Options says how tasks are run.
type Options struct {
	Format  string        // of the prompts; "" is the task's, or what was measured to be best
	Sandbox sandbox.Level // the zero value is strict

	// Strings has the model write its programs as JSON strings among the arguments, not as
	// blocks of lines, to see what the block is worth.
	Strings bool
}

// Cases makes a case of each task: an agent works on it with all that the task allows, on a
// copy of its workspace, and nobody has to be asked. Scores of a result: steps, calls, and how
// many of them failed, broken ones (programs that are no Python) by themselves; and
// answered, 1 if there is an answer at all.
func Cases(list []Task, o Options) []eval.Case {
	cases := make([]eval.Case, len(list))
	for i, t := range list {
		cases[i] = eval.Case{ID: t.Name, Group: t.Want.Group, Run: func(ctx context.Context, m llm.Model) (eval.Result, error) {
			return t.run(ctx, m, o)
		}}
	}
	return cases
}

func (t *Task) run(ctx context.Context, m llm.Model, o Options) (eval.Result, error) {
	r := eval.Result{Want: t.Want}
	dir, err := os.MkdirTemp("", "qwen-agent-eval-")
	if err != nil {
		return r, err
	}
	defer os.RemoveAll(dir)
	if t.File.Workspace != "" {
		if err := os.CopyFS(dir, os.DirFS(filepath.Join(t.Dir, t.File.Workspace))); err != nil {
			return r, fmt.Errorf("copy the workspace: %w", err)
		}
	}
	a, err := agent.New(t.File, nil, agent.Options{
		Workspace: dir, Format: o.Format, Sandbox: o.Sandbox,
		Ask: func(context.Context, llm.Call) error { return nil },
	})
	if err != nil {
		return r, err
	}
	defer a.Close()
	if o.Strings {
		m = inStrings{m}
	}
	var log transcript
	for e, err := range a.Run(ctx, m) {
		if err != nil {
			return r, err
		}
		log.add(e)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return r, err
	}
	defer root.Close()
	r.Got, r.Raw = log.answer, log.String()
	r.Count(log.end.Usage)
	r.Why = t.Want.Check(log.answer, log.end.Calls, root)
	r.OK = r.Why == "" && log.answered
	switch {
	case !log.answered && log.end.Limit != "":
		r.Why = "no answer: stopped at the limit of " + log.end.Limit
	case !log.answered:
		r.Why = "no answer: " + string(log.end.Reason)
	}
	r.Scores = map[string]float64{"steps": float64(log.end.Steps), "calls": float64(log.end.Calls), "failed": float64(log.failed), "broken": float64(log.broken), "answered": 0}
	if log.answered {
		r.Scores["answered"] = 1
	}
	return r, nil
}

// transcript is a run for those who look for what went wrong.
type transcript struct {
	strings.Builder
	answer   string
	answered bool
	failed   int
	broken   int
	end      react.End
}

var noProgram = regexp.MustCompile(`^error: (SyntaxError|IndentationError|TabError):`)

// inStrings is a model that is not told which argument is a program.
type inStrings struct{ llm.Model }

func (m inStrings) Generate(ctx context.Context, r *llm.Request) iter.Seq2[llm.Chunk, error] {
	changed := *r
	changed.Tools = slices.Clone(r.Tools)
	for i := range changed.Tools {
		changed.Tools[i].Code = nil
	}
	return m.Model.Generate(ctx, &changed)
}

func (t *transcript) add(e react.Event) {
	switch e := e.(type) {
	case react.Thought:
		t.WriteString(e.Text)
	case react.Call:
		fmt.Fprintf(t, "\ncall: %s %s\n", e.Name, e.Arguments)
	case react.Observation:
		if e.Failed {
			t.failed++
		}
		if noProgram.MatchString(e.Text) {
			t.broken++
		}
		fmt.Fprintf(t, "result: %s\n", shortened(e.Text))
	case react.Retry:
		fmt.Fprintf(t, "\nagain: %s\n", e.Why)
	case react.Answer:
		t.answer, t.answered = e.Text, true
		fmt.Fprintf(t, "\nanswer: %s\n", e.Text)
	case react.End:
		t.end = e
	}
}
