package interpreter

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/qwen-agent/qwen-agent/interpreter/sandbox"
)

// Language is what a session can run.
type Language interface {
	// Name is how users call it, such as "python".
	Name() string

	// Kernel finds the program that runs cells. The error says what to install.
	Kernel(ctx context.Context) (Kernel, error)
}

// Kernel is a program that runs cells.
type Kernel struct {
	Version string // for people, such as "CPython 3.11.2"
	Program sandbox.Program
	Boot    []byte // the first frame that it is sent, before it says ready; nil for none
}

// Options configures Open. Only Language must be set.
type Options struct {
	Language  Language
	Level     sandbox.Level  // the zero value is sandbox.Strict
	Limits    sandbox.Limits // zero fields are sandbox.Defaults
	Workspace string         // folder whose files are copied in and out; "" for none

	// Protect leaves the workspace's files as they are: only those that the session has
	// made are written there. What a cell does to others stays inside, and Result.Notice
	// says so.
	Protect bool

	// Grace is how long an interrupted cell may take to stop before it is killed; 0
	// means one second.
	Grace time.Duration

	// Output, if it is set, is called with each piece of output as it comes, one call at a
	// time. It gets no more than Result will hold.
	Output func(Output)

	// Without leaves layers of the sandbox out, for tests; see sandbox.Config.
	Without []sandbox.Layer
}

// Output is a piece of what a cell writes. It may end in the middle of a character.
type Output struct {
	Cell   int
	Stderr bool // else stdout
	Text   []byte
}

func (o Options) withDefaults() (Options, error) {
	if o.Language == nil {
		return o, errors.New("interpreter: no language is set")
	}
	if o.Grace < 0 {
		return o, fmt.Errorf("interpreter: grace is %v, wanted 0 or more", o.Grace)
	}
	if o.Grace == 0 {
		o.Grace = time.Second
	}
	o.Limits = o.Limits.WithDefaults()
	return o, nil
}

// MaxCell is the longest cell, in bytes.
const MaxCell = 1 << 20

// checkCell says what is wrong with the text of a cell.
func checkCell(code string) error {
	if len(code) > MaxCell {
		return fmt.Errorf("interpreter: the cell has %d bytes, wanted at most %d", len(code), MaxCell)
	}
	blank, line := true, 1
	for i, r := range code {
		switch {
		case r == utf8.RuneError && !utf8.RuneStart(code[i]), r == utf8.RuneError && code[i] != 0xef:
			return fmt.Errorf("interpreter: the cell is not UTF-8: byte %#02x at offset %d, line %d", code[i], i, line)
		case r == 0:
			return fmt.Errorf("interpreter: the cell has a NUL byte at offset %d, line %d", i, line)
		case r == '\n':
			line++
		}
		blank = blank && (r == ' ' || r == '\t' || r == '\n' || r == '\r')
	}
	if blank {
		return errors.New("interpreter: the cell is empty, wanted code")
	}
	return nil
}
