package interpreter

import (
	"errors"
	"time"

	"github.com/qwen-agent/qwen-agent/interpreter/sandbox"
	"github.com/qwen-agent/qwen-agent/interpreter/wire"
)

// Errors of Run for a session that cannot take a cell.
var (
	ErrBusy   = errors.New("interpreter: another cell runs in this session")
	ErrClosed = errors.New("interpreter: the session is closed")
)

// Result is what came of a cell.
type Result struct {
	Cell int `json:"cell"` // number in the session, from 1

	Stdout    string `json:"stdout"`
	Stderr    string `json:"stderr"`
	StdoutCut int64  `json:"stdout_cut,omitempty"` // bytes left out in the middle
	StderrCut int64  `json:"stderr_cut,omitempty"`

	Value    string   `json:"value,omitempty"` // the last expression, as the language shows it
	ValueCut bool     `json:"value_cut,omitempty"`
	Pictures []string `json:"pictures,omitempty"` // names of PNG files among Files
	Files    []File   `json:"files,omitempty"`    // what the cell made, changed or removed

	Error   *CellError `json:"error,omitempty"`   // nil if the cell went through
	Stopped Stop       `json:"stopped,omitempty"` // why the cell was stopped from outside
	Ended   bool       `json:"ended,omitempty"`   // the child is gone, and with it the variables
	Notice  string     `json:"notice,omitempty"`  // what the reader of the result should know besides

	Time   time.Duration `json:"time"`
	CPU    time.Duration `json:"cpu"`
	Memory int64         `json:"memory"` // bytes at most, of all processes of the session

	Sandbox sandbox.Report `json:"sandbox"`
}

// CellError is a failure as the language shows it: Type, Message, Line of the cell, Trace.
type CellError = wire.Error

// Stop says why a cell was stopped from outside.
type Stop string

// The reasons for a stop.
const (
	Interrupted Stop = "interrupted" // Interrupt, or the end of Run's context
	WallTime    Stop = "wall time"
	CPUTime     Stop = "cpu time"
	Memory      Stop = "memory"
)

// File is a file of the workspace that a cell changed.
type File struct {
	Name   string `json:"name"` // slash-separated, in the workspace
	Change Change `json:"change"`
	Size   int64  `json:"size"`
	Kept   bool   `json:"kept,omitempty"` // it was copied to Options.Workspace
}

// Change is what happened to a file.
type Change string

// The changes.
const (
	Created Change = "created"
	Changed Change = "changed"
	Removed Change = "removed"
)
