package humaneval

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/qwen-agent/qwen-agent/interpreter"
	"github.com/qwen-agent/qwen-agent/interpreter/golang/compiled"
	"github.com/qwen-agent/qwen-agent/interpreter/python"
	"github.com/qwen-agent/qwen-agent/interpreter/sandbox"
)

// wall is how long a program and its test may take, as a busy machine has it: right solutions
// take milliseconds.
const wall = 10 * time.Second

// Runner runs programs, each in a sandboxed session of its own.
type Runner struct{ pool *interpreter.Pool }

// Open makes a runner for a language. The error says what the machine lacks for it.
func Open(ctx context.Context, language string, level sandbox.Level) (*Runner, error) {
	o := interpreter.Options{Level: level, Limits: sandbox.Limits{Wall: wall}}
	switch language {
	case "python":
		o.Language = python.Language{}
	case "go":
		o.Language = compiled.Language{}
	default:
		return nil, fmt.Errorf("humaneval: the language is %q, wanted %s", language, strings.Join(Languages, " or "))
	}
	pool, err := interpreter.NewPool(1, o)
	if err != nil {
		return nil, err
	}
	session, err := pool.Take(ctx, "", nil)
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return &Runner{pool}, session.Close()
}

// Close ends the sessions.
func (r *Runner) Close() error { return r.pool.Close() }

// Run runs a program, see Problem.Program, and the problem's test, and says what failed: ""
// is nothing. The error is one of the sandbox.
func (r *Runner) Run(ctx context.Context, p *Problem, program string) (why string, err error) {
	mark := "passed " + rand.Text() // a program cannot know it
	cell := p.pythonCell(program, mark)
	if p.Language == "go" {
		if cell, err = p.goCell(program, mark); err != nil {
			return err.Error(), nil
		}
	}
	session, err := r.pool.Take(ctx, "", nil)
	if err != nil {
		return "", err
	}
	defer session.Close()
	result, err := session.Run(ctx, cell)
	if err != nil {
		return "", err
	}
	switch {
	case result.Stopped != "":
		return "stopped: " + string(result.Stopped), nil
	case result.Error != nil && p.Language == "python":
		return p.pythonWhy(program, result.Error), nil
	case result.Error != nil:
		return strings.TrimSpace(result.Error.Type + ": " + result.Error.Message), nil
	case !strings.Contains(result.Value+result.Stdout, mark):
		return "the program ended before the test did: " + result.Notice, nil
	}
	return "", nil
}
