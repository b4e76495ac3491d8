package agent

import (
	"fmt"
	"slices"
	"strings"

	"github.com/qwen-agent/qwen-agent/internal/suggest"
)

// maxProblems bounds how many faults of one file are told.
const maxProblems = 20

// FileError says what is wrong with a task file.
type FileError struct {
	File     string
	Problems []Problem // in the file's order; at least one
	More     int       // how many further ones were left out
}

// Problem is one fault; Line and Column count from 1, and are 0 where the fault has no
// place, as with a file that is too large.
type Problem struct {
	Line, Column int
	Message      string
}

// Error has one line a problem, "file:line:column: message".
func (e *FileError) Error() string {
	var b strings.Builder
	for i, p := range e.Problems {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(e.File)
		if p.Line > 0 {
			fmt.Fprintf(&b, ":%d:%d", p.Line, p.Column)
		}
		b.WriteString(": ")
		b.WriteString(p.Message)
	}
	if e.More > 0 {
		fmt.Fprintf(&b, "\n%s: and %d more", e.File, e.More)
	}
	return b.String()
}

// newFileError sorts the problems by place and cuts their number; nil if there are none.
func newFileError(file string, problems []Problem) error {
	if len(problems) == 0 {
		return nil
	}
	slices.SortStableFunc(problems, func(a, b Problem) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	e := &FileError{File: file, Problems: problems}
	if len(problems) > maxProblems {
		e.Problems, e.More = problems[:maxProblems], len(problems)-maxProblems
	}
	return e
}

// didYouMean returns `: did you mean "x"?` for the known name that is spelled most like
// name, or else the list of them.
func didYouMean(name string, known []string) string {
	if s := suggest.Name(name, known); s != "" {
		return fmt.Sprintf(": did you mean %q?", s)
	}
	if len(known) == 0 {
		return ": there are none"
	}
	return ": known are " + strings.Join(known, ", ")
}
