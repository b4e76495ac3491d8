package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/qwen-agent/qwen-agent/llm"
)

// asker asks the user about calls that the task's permissions do not settle.
type asker struct {
	yes    bool // allow all
	in     *bufio.Reader
	out    io.Writer
	style  style
	before func() // ends a line that is being written; may be nil

	always map[string]bool // tools that were allowed for the rest of the run
}

// newAsker returns nil if there is nobody to ask.
func newAsker(yes bool, in, out *os.File, s style) *asker {
	if !yes && !(isTerminal(in) && isTerminal(out)) {
		return nil
	}
	return &asker{yes: yes, in: bufio.NewReader(in), out: out, style: s, always: map[string]bool{}}
}

// ask decides one call. Its errors are read by the model.
func (a *asker) ask(ctx context.Context, c llm.Call) error {
	if a.yes || a.always[c.Name] {
		return nil
	}
	if a.before != nil {
		a.before()
	}
	for {
		fmt.Fprintf(a.out, "%s %s\nallow? y(es), n(o), a(lways for %s): ", a.style.mark(bold, "asks: "+printable(c.Name)), printable(string(c.Arguments)), c.Name)
		answer, err := a.line(ctx)
		if err != nil {
			return err
		}
		switch strings.ToLower(strings.TrimSpace(answer)) {
		case "y", "yes":
			return nil
		case "a", "always":
			a.always[c.Name] = true
			return nil
		case "n", "no", "":
			return errors.New("the user said no")
		}
	}
}

// line reads what the user types, or comes back when ctx ends.
func (a *asker) line(ctx context.Context) (string, error) {
	type typed struct {
		text string
		err  error
	}
	got := make(chan typed, 1)
	go func() { // it outlives an interrupted question, but then the program ends
		s, err := a.in.ReadString('\n')
		got <- typed{s, err}
	}()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case t := <-got:
		if t.err != nil && t.text == "" {
			return "", errors.New("the user said nothing")
		}
		return t.text, nil
	}
}
