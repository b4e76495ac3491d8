package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"

	"github.com/qwen-agent/qwen-agent/agent"
)

// The exit codes. docs/cli.md and the help of `run` describe them.
const (
	exitOK          = 0   // done; for run: answered
	exitFailed      = 1   // the command, the model or the output failed, or there is no answer
	exitUsage       = 2   // bad use, or a bad task file
	exitLimit       = 3   // a limit of the task was reached before an answer
	exitInterrupted = 130 // Ctrl-C; SIGTERM is 143
)

// exitError ends the program with a code. err is told on stderr unless it is nil.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit %d", e.code)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// usageError makes an error one of bad use.
func usageError(err error) error { return &exitError{exitUsage, err} }

// exitCode says how the program ends after err, and what is told of it.
func exitCode(err error) (code int, message string) {
	if err == nil {
		return exitOK, ""
	}
	var bad *agent.FileError
	var input *agent.InputError
	var exit *exitError
	switch {
	case errors.Is(err, syscall.EPIPE):
		return exitFailed, "" // nobody reads the output any more, as after `| head`
	case errors.As(err, &bad):
		return exitUsage, bad.Error()
	case errors.As(err, &input):
		return exitUsage, prefix(input.Error())
	case errors.As(err, &exit):
		if exit.err == nil {
			return exit.code, ""
		}
		return exit.code, prefix(exit.err.Error())
	}
	return exitFailed, prefix(err.Error())
}

// prefix puts the program's name before every line of an error.
func prefix(text string) string {
	return "qwen-agent: " + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\nqwen-agent: ")
}

// output is a stream of the program that remembers the first write that failed.
type output struct {
	w   io.Writer
	err error
}

func (o *output) Write(p []byte) (int, error) {
	if o.err != nil {
		return 0, o.err
	}
	n, err := o.w.Write(p)
	if err != nil {
		o.err = fmt.Errorf("write the output: %w", err)
		return n, o.err
	}
	return n, nil
}
