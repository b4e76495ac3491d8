// Package code has the tools python and go: the model writes a program, which runs in a
// sandboxed session (package interpreter), and reads what it printed, the value of its last
// line, or what to change about it.
//
// A session begins before a run and ends with it; variables stay from call to call. It sees
// the files of the task's workspace. What it makes there is copied back, and files that were
// there before are left as they are, unless the task says otherwise. So nobody has to be
// asked before code runs; where the sandbox cannot be had, nothing runs and the run ends with
// the reason.
//
// The program reaches the tools as a block of lines after the call, not as a JSON string, in
// formats that can say so (llm.Tool.Code).
package code

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/qwen-agent/qwen-agent/interpreter"
	"github.com/qwen-agent/qwen-agent/interpreter/golang"
	"github.com/qwen-agent/qwen-agent/interpreter/golang/compiled"
	"github.com/qwen-agent/qwen-agent/interpreter/python"
	"github.com/qwen-agent/qwen-agent/interpreter/sandbox"
	"github.com/qwen-agent/qwen-agent/tools"
)

// Settings are what a task file may say of one of the tools.
type Settings struct {
	MaxBytes int `json:"max_bytes"` // of a result that the model is shown; longer ones are cut in the middle
}

// defaultBytes is about 1500 tokens of numbers: a table that is larger tells a small model
// no more, and takes the room of its next steps.
const defaultBytes = 4000

// OpenPython is the tools.Factory of the tool python.
func OpenPython(env tools.Env, settings map[string]any) ([]tools.Tool, error) {
	return open("python", env, settings, python.Language{Executable: env.Interpreter.Python})
}

// OpenGo is the tools.Factory of the tool go.
func OpenGo(env tools.Env, settings map[string]any) ([]tools.Tool, error) {
	if g := env.Interpreter.Go; g != "" && g != tools.GoCompiled {
		return nil, fmt.Errorf("go: interpreter.go is %q, wanted %q", g, tools.GoCompiled)
	}
	if env.Interpreter.Go == tools.GoCompiled {
		return open("go", env, settings, compiled.Language{Notice: env.Notice})
	}
	return open("go", env, settings, golang.Language{})
}

func open(name string, env tools.Env, settings map[string]any, l interpreter.Language) ([]tools.Tool, error) {
	s, err := tools.Settings(name, settings, Settings{})
	if err != nil {
		return nil, err
	}
	if s.MaxBytes < 0 {
		return nil, fmt.Errorf("%s: setting max_bytes is %d, want 1 or more", name, s.MaxBytes)
	}
	options, err := sessionOptions(env)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	options.Language = l
	return []tools.Tool{New(options, s)}, nil
}

// sessionOptions are the options of a session for a task.
func sessionOptions(env tools.Env) (interpreter.Options, error) {
	i := env.Interpreter
	o := interpreter.Options{
		Level:   i.Level,
		Limits:  sandbox.Limits{Memory: i.Memory, Wall: i.Timeout},
		Protect: !i.Overwrite,
	}
	if i.Timeout > 0 { // several threads may compute
		o.Limits.CPU = 2 * i.Timeout
	}
	if env.Workspace == nil {
		return o, nil
	}
	// A session opens the folder by its name. It has to be the one that the task was given.
	o.Workspace = env.Workspace.Name()
	given, err := env.Workspace.Stat(".")
	if err != nil {
		return o, fmt.Errorf("the workspace: %w", err)
	}
	named, err := os.Stat(o.Workspace)
	if err != nil {
		return o, fmt.Errorf("the workspace: %w", err)
	}
	if !os.SameFile(given, named) {
		return o, fmt.Errorf("the workspace %s is not the folder any more that was opened", o.Workspace)
	}
	return o, nil
}

// New returns the tool of a language: python, go, or another name that Language.Name gives.
func New(o interpreter.Options, s Settings) tools.Tool {
	if o.Language == nil {
		panic("code: New: the options have no language")
	}
	name := o.Language.Name()
	most := s.MaxBytes
	if most == 0 {
		most = defaultBytes
	}
	t := &tool{options: o, dialect: dialects[name], most: most}
	description := t.dialect.description(name)
	if l, ok := o.Language.(python.Language); ok {
		description = describePython(l)
	}
	return tools.New(name, description, t.call,
		tools.Code(name, "code"), tools.Changes(), tools.Contained(), tools.Lifetime(t.start, t.stop))
}

// input is what a call holds.
type input struct {
	Code string `json:"code" jsonschema:"the program, on as many lines as it needs" example:"print(6 * 7)"`
}

// errNoCode is read by the model.
var errNoCode = errors.New("there is no code. Write it on the lines of the block after the call")

func (t *tool) call(ctx context.Context, in input) (tools.Result, error) {
	source := unfenced(in.Code)
	if source == "" {
		return tools.Result{}, errNoCode
	}
	return t.run(ctx, source)
}
