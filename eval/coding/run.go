package coding

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/qwen-agent/qwen-agent/agent"
	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/react"
)

// Form is how the model writes a program.
type Form string

// The forms.
const (
	Fence  Form = "fence"  // as a block of lines after the call
	String Form = "string" // as a JSON string among the arguments
)

// Options says how tasks are put.
type Options struct {
	Form   Form   // "" is Fence
	Format string // of the prompts; "" is the model's best
	Tools  string // the task file's list, such as "[python, files]"; "" is [python]
}

// Result is what became of a task.
type Result struct {
	Name    string       `json:"name"`
	OK      bool         `json:"ok"`
	Answer  string       `json:"answer"`
	Reason  react.Reason `json:"reason"`
	Steps   int          `json:"steps"`
	Calls   int          `json:"calls"`
	Failed  int          `json:"failed"` // programs that ended with an error
	Syntax  int          `json:"syntax"` // of these, how many were no Python at all
	Tokens  int          `json:"tokens"` // that the model wrote
	Seconds float64      `json:"seconds"`
	Log     []string     `json:"log"` // what was called and told, in turn
}

// Run puts tasks to a model one after another.
func Run(ctx context.Context, m llm.Model, list []Task, o Options) iter.Seq2[Result, error] {
	if o.Form == String {
		m = inString{m}
	}
	return func(yield func(Result, error) bool) {
		for _, t := range list {
			r, err := solve(ctx, m, t, o)
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
}

// inString is a model that is not told that an argument is a program, so that it writes a
// JSON string.
type inString struct{ llm.Model }

func (m inString) Generate(ctx context.Context, r *llm.Request) iter.Seq2[llm.Chunk, error] {
	changed := *r
	changed.Tools = append([]llm.Tool(nil), r.Tools...)
	for i := range changed.Tools {
		changed.Tools[i].Code = nil
	}
	return m.Model.Generate(ctx, &changed)
}

var broken = regexp.MustCompile(`(?m)^error: (SyntaxError|IndentationError|TabError)`)

// solve puts one task, in a folder of its own.
func solve(ctx context.Context, m llm.Model, t Task, o Options) (r Result, err error) {
	dir, err := os.MkdirTemp("", "qwen-agent-eval-")
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	work := filepath.Join(dir, "workspace")
	if err := os.Mkdir(work, 0o700); err != nil {
		return r, err
	}
	for name, text := range t.Files {
		if err := os.WriteFile(filepath.Join(work, name), []byte(text), 0o600); err != nil {
			return r, err
		}
	}
	prompt, err := json.Marshal(t.Prompt) // a string of JSON is one of YAML
	if err != nil {
		return r, err
	}
	list := o.Tools
	if list == "" {
		list = "[python]"
	}
	task, err := agent.Parse(filepath.Join(dir, "task.yaml"), fmt.Appendf(nil,
		"version: 1\nworkspace: workspace\ntools: %s\nlimits: {tokens: 2048}\ninterpreter: {timeout: 20s}\nprompt: %s\n", list, prompt))
	if err != nil {
		return r, err
	}
	r.Name = t.Name
	start := time.Now()
	for e, err := range agent.Run(ctx, task, nil, m, agent.Options{Format: o.Format}) {
		if err != nil {
			return r, fmt.Errorf("eval/coding: %s: %w", t.Name, err)
		}
		switch e := e.(type) {
		case react.Call:
			r.Log = append(r.Log, e.Name+" "+string(e.Arguments))
		case react.Observation:
			r.Log = append(r.Log, e.Text)
			if e.Failed {
				r.Failed++
			}
			if broken.MatchString(e.Text) {
				r.Syntax++
			}
		case react.Answer:
			r.Answer = e.Text
		case react.End:
			r.Reason, r.Steps, r.Calls, r.Tokens = e.Reason, e.Steps, e.Calls, e.Usage.Generated
		}
	}
	r.Seconds = time.Since(start).Seconds()
	r.OK = r.Reason == react.Answered && t.Right(r.Answer)
	for name, word := range t.Made {
		text, err := os.ReadFile(filepath.Join(work, name))
		r.OK = r.OK && err == nil && strings.Contains(string(text), word)
	}
	return r, nil
}
