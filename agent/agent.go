package agent

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"strings"

	"github.com/qwen-agent/qwen-agent/interpreter/sandbox"
	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/react"
	"github.com/qwen-agent/qwen-agent/tools"
)

// Options are what a run is given besides its task. The zero value runs a task as its
// file says, and denies every call that somebody would have to be asked about.
type Options struct {
	Tools     *tools.Registry // the tools there are; nil is Builtin()
	Workspace string          // a folder in place of the task's own; "" is the task's
	Format    string          // of the prompts, in place of the task's own; "" is the task's

	Python  string            // the Python that code is run by, a file or a name, in place of the task's own; "" is the task's
	Sandbox sandbox.Level     // that code is run in; the zero value is the strict one
	Notice  func(text string) // told of what takes long before a run begins; may be nil

	Thinking *llm.Thinking // in place of the task's own; nil is the task's
	CallAt   *float64      // in place of the task's own; nil is the task's

	// Ask decides a call that has to be asked about. Its error is told to the model. nil
	// denies, and the model is not told of a tool that is always denied, see Agent.Withheld.
	Ask func(ctx context.Context, c llm.Call) error
}

// Agent is a task that is ready to run: its prompt is filled in, its workspace and its
// tools are open. Close it when it is not needed any more.
type Agent struct {
	task     *Task
	options  Options
	question string
	kit      *kit
	withheld []string
}

// New makes a task ready. It finds everything that can be wrong before there is a model,
// so that nobody waits for one in vain. The error is an *InputError if it is about inputs
// and a *FileError if it is about what the file says.
func New(t *Task, inputs map[string]any, o Options) (*Agent, error) {
	values, err := t.values(inputs)
	if err != nil {
		return nil, err
	}
	question, err := t.render(values)
	if err != nil {
		return nil, &InputError{[]string{err.Error()}}
	}
	if _, err := react.ProfileNamed(t.format(o), llm.Info{}); err != nil {
		return nil, err
	}
	k, err := t.open(o)
	if err != nil {
		return nil, err
	}
	a := &Agent{task: t, options: o, question: strings.TrimSpace(question), kit: k}
	a.withheld = a.offer()
	return a, nil
}

// Run makes a task ready and works on it with a model. See New and Agent.Run.
func Run(ctx context.Context, t *Task, inputs map[string]any, m llm.Model, o Options) iter.Seq2[react.Event, error] {
	return func(yield func(react.Event, error) bool) {
		a, err := New(t, inputs, o)
		if err != nil {
			yield(nil, err)
			return
		}
		defer a.Close()
		for e, err := range a.Run(ctx, m) {
			if !yield(e, err) {
				return
			}
		}
	}
}

// Question returns the prompt with its inputs filled in.
func (a *Agent) Question() string { return a.question }

// Workspace returns the folder that the tools work in and that artefacts are relative to,
// nil if the task has none. It is open until Close.
func (a *Agent) Workspace() *os.Root { return a.kit.root }

// Close closes the workspace and ends what tools have begun.
func (a *Agent) Close() error { return a.kit.close() }

// Start makes ready what tools keep during a run, such as a session of the interpreter, so
// that what is missing for them is known before a model is opened. Run does it where
// nobody did.
func (a *Agent) Start(ctx context.Context) error { return a.kit.start(ctx) }

// Run works on the task with a model and yields what happens, as react.Loop.Run does.
// Runs may follow one another, with the same model or another.
func (a *Agent) Run(ctx context.Context, m llm.Model) iter.Seq2[react.Event, error] {
	t := a.task
	profile, err := react.ProfileNamed(t.format(a.options), m.Info())
	if err != nil {
		return func(yield func(react.Event, error) bool) { yield(nil, err) }
	}
	loop := &react.Loop{
		Model: m, Tools: a.kit.tools, Profile: profile, Sampling: t.Sampling, Thinking: t.thinking(a.options), CallAt: t.callAt(a.options), Approve: a.approve,
		Limits: react.Limits{Steps: t.Limits.Steps, Tokens: t.Limits.Tokens, ToolCalls: t.Limits.ToolCalls, Time: t.Limits.Time},
	}
	task := react.Task{Instruction: strings.TrimSpace(t.Instruction), Question: a.question, Schema: t.Output, Grammar: a.kit.grammar}
	return func(yield func(react.Event, error) bool) {
		if err := a.kit.start(ctx); err != nil {
			yield(nil, err)
			return
		}
		defer a.kit.stop() // what the run is about has been said
		for e, err := range loop.Run(ctx, task) {
			if !yield(e, err) {
				return
			}
		}
	}
}

func (t *Task) format(o Options) string {
	if o.Format != "" {
		return o.Format
	}
	return t.Format
}

func (t *Task) callAt(o Options) *float64 {
	if o.CallAt != nil {
		return o.CallAt
	}
	return t.CallAt
}

func (t *Task) thinking(o Options) *llm.Thinking {
	if o.Thinking != nil {
		return o.Thinking
	}
	return t.Thinking
}

// ErrDenied is what a call is refused with that nobody was there to allow.
var ErrDenied = errors.New("nobody is there to allow it")

// approve holds a call against the permissions.
func (a *Agent) approve(ctx context.Context, c llm.Call) error {
	verdict, rule := a.task.Permissions.Check(c)
	if verdict == Unsaid {
		verdict = Ask
		for _, t := range a.kit.tools {
			if t.Spec().Name == c.Name && harmless(t) {
				verdict = Allow
			}
		}
	}
	switch verdict {
	case Deny:
		return fmt.Errorf("the task does not permit it (deny %s)", rule)
	case Ask:
		if a.options.Ask == nil {
			return ErrDenied
		}
		return a.options.Ask(ctx, c)
	}
	return nil
}
