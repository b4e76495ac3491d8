package react

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/tools"
)

// Loop runs tasks with a model and tools. It keeps nothing between runs, and several may go
// on at once if the model and the tools bear it; its fields must not change during one.
type Loop struct {
	Model    llm.Model
	Tools    []tools.Tool
	Profile  Profile       // the zero value is ProfileFor(Model.Info())
	Limits   Limits        // of every run
	Sampling *llm.Sampling // nil is greedy
	Thinking *llm.Thinking // nil leaves it to the model
	CallAt   *float64      // the probability of a call from which on a turn is one, as in llm.Choice; nil is what suits the model

	// Approve decides whether a call may run; nil lets every call run. It sees the call as
	// the tool will get it. Its error is told to the model, so it says why not.
	Approve func(ctx context.Context, c llm.Call) error
}

// Limits bound a run. A zero is the default; a negative number, no limit.
type Limits struct {
	Steps     int           // turns of the model; default 8, and there is always a limit
	Tokens    int           // generated in all; default 8192
	Turn      int           // tokens generated in one turn; default 1024
	ToolCalls int           // tools run; default no limit but that of the steps
	Time      time.Duration // of the whole run; default none
	Result    int           // bytes of one result that the model is shown; default 8000, and there is always a limit
}

func (l Limits) defaults() Limits {
	set := func(v *int, standard int) {
		if *v == 0 {
			*v = standard
		}
	}
	set(&l.Steps, 8) // what the formats and rules were measured with
	set(&l.Tokens, 8192)
	set(&l.Turn, 1024)
	set(&l.ToolCalls, -1)
	set(&l.Result, 8000) // about 3000 tokens of a table
	if l.Steps < 0 {
		l.Steps = 1000
	}
	if l.Result < 0 {
		l.Result = 1 << 20
	}
	return l
}

// Task is what a run is asked to do.
type Task struct {
	Instruction string // how to behave: the system message; may be ""
	Question    string
	Schema      json.RawMessage // JSON Schema that the answer must satisfy; nil is text
	Grammar     *llm.Grammar    // that the answer is a text of, in place of a schema; nil is any text
	History     []llm.Message   // of the conversation before, without the instruction: End.Messages of the last run
}

// Run works on a task and yields what happens. The last event is an End. An error comes
// after it, and only if the model failed or ctx ended; the error of a task or a Loop that
// cannot be run comes alone. Breaking out of the sequence stops the run.
func (l *Loop) Run(ctx context.Context, task Task) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		r, err := l.start(ctx, task)
		if err != nil {
			yield(nil, err)
			return
		}
		r.emit = func(e Event) error {
			if !yield(e, nil) {
				return errAbandoned
			}
			return nil
		}
		ctx := ctx
		if r.limits.Time > 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, r.limits.Time)
			defer cancel()
		}
		err = r.run(ctx)
		if errors.Is(err, errAbandoned) {
			return
		}
		end, err := r.end(ctx, err)
		if yield(end, nil) && err != nil {
			yield(nil, err)
		}
	}
}

// errAbandoned says that nobody reads the events any more.
var errAbandoned = errors.New("react: the run was abandoned")

func (l *Loop) start(ctx context.Context, task Task) (*run, error) {
	if l.Model == nil {
		return nil, errors.New("react: the loop has no model")
	}
	if strings.TrimSpace(task.Question) == "" {
		return nil, errors.New("react: the task has no question")
	}
	r := &run{loop: l, caller: ctx, task: task, limits: l.Limits.defaults(), started: time.Now(), tools: make(map[string]tools.Tool, len(l.Tools)), doubted: make(map[string]bool), attempts: make(map[string]attempt)}
	if r.profile = l.Profile; r.profile == (Profile{}) {
		r.profile = ProfileFor(l.Model.Info())
	}
	for _, t := range l.Tools {
		spec := t.Spec()
		if r.tools[spec.Name] != nil {
			return nil, fmt.Errorf("react: two tools have the name %q", spec.Name)
		}
		r.tools[spec.Name] = t
		r.specs = append(r.specs, spec)
	}
	if task.Schema != nil && task.Grammar != nil {
		return nil, errors.New("react: the task has a schema and a grammar of the answer, want one of them")
	}
	if task.Schema != nil {
		var s jsonschema.Schema
		err := json.Unmarshal(task.Schema, &s)
		if err == nil {
			r.schema, err = s.Resolve(nil)
		}
		if err != nil {
			return nil, fmt.Errorf("react: the schema of the answer: %w", err)
		}
	}
	r.messages = append(r.messages, task.History...)
	r.messages = append(r.messages, llm.Message{Role: llm.User, Text: task.Question})
	return r, nil
}
