package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// patience is how long after a signal the program may take to end by itself. Whatever it
// writes to disk is complete or in a temporary file at any moment, so ending it hard
// loses nothing.
const patience = 120 * time.Millisecond

// interrupted is the cause of a context that a signal ended.
type interrupted struct{ signal os.Signal }

func (i *interrupted) Error() string { return "interrupted" }

// code is 128 and the signal's number, as shells have it.
func (i *interrupted) code() int {
	if s, ok := i.signal.(syscall.Signal); ok {
		return 128 + int(s)
	}
	return exitInterrupted
}

// watchSignals returns a context that the first Ctrl-C or SIGTERM ends. The second, or
// the end of patience, ends the program.
//
// SIGPIPE is caught, so that writing to a pipe that nobody reads is an error like any
// other. It is not ignored: programs that this one starts would inherit that.
func watchSignals(parent context.Context) (_ context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals, pipes := make(chan os.Signal, 2), make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	signal.Notify(pipes, syscall.SIGPIPE)
	done := make(chan struct{})
	go func() {
		var first *interrupted
		select {
		case s := <-signals:
			first = &interrupted{s}
			cancel(first)
		case <-done:
			return
		}
		timer := time.NewTimer(patience)
		defer timer.Stop()
		select {
		case <-signals:
		case <-timer.C:
		case <-done:
			return
		}
		fmt.Fprintln(os.Stderr, "qwen-agent: interrupted")
		os.Exit(first.code())
	}()
	return ctx, func() {
		close(done)
		signal.Stop(signals)
		cancel(nil)
	}
}

// interruptedCode returns the exit code if a signal ended ctx, else 0.
func interruptedCode(ctx context.Context) int {
	var i *interrupted
	if errors.As(context.Cause(ctx), &i) {
		return i.code()
	}
	return 0
}
