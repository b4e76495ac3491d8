package code

import (
	"fmt"
	"strings"

	"github.com/qwen-agent/qwen-agent/internal/cut"
	"github.com/qwen-agent/qwen-agent/interpreter"
)

// report is what the model is told of a program that ran.
type report struct {
	interpreter.Result
	source string
	name   string // of the variable whose value Value is, "" if it is that of the last line
	most   int    // bytes
}

// success tells what a program printed, its value and its files.
func (r *report) success() string {
	var lines []string
	add := func(text string) {
		if text = strings.TrimRight(text, " \t\n"); text != "" {
			lines = append(lines, text)
		}
	}
	add(r.Stdout)
	value := r.Value
	if r.name != "" {
		value = r.name + " = " + value
	}
	add(value)
	warnings := strings.TrimSpace(r.Stderr)
	if warnings != "" {
		add("stderr: " + cut.Middle(warnings, r.most/4))
	}
	shown := len(lines) > 0
	text := cut.Middle(strings.Join(lines, "\n"), r.most)
	lines = nil
	add(text)
	add(r.files())
	add(r.Notice)
	if !shown && len(lines) == 0 {
		return nothingShown
	}
	return strings.Join(lines, "\n")
}

const nothingShown = "The code ran and printed nothing. To see a value, print it at the end of the code."

// files says what the program made.
func (r *report) files() string {
	by := map[interpreter.Change][]string{}
	for _, f := range r.Files {
		by[f.Change] = append(by[f.Change], f.Name)
	}
	var parts []string
	for _, c := range []interpreter.Change{interpreter.Created, interpreter.Changed, interpreter.Removed} {
		if names := by[c]; len(names) > 0 {
			more := ""
			const most = 10
			if len(names) > most {
				names, more = names[:most], fmt.Sprintf(" and %d more", len(names)-most)
			}
			parts = append(parts, fmt.Sprintf("File %s: %s%s", c, strings.Join(names, ", "), more))
		}
	}
	return strings.Join(parts, "\n")
}

// failure tells an error in the words of the language, the line that it is in, what to do
// about it, and what the program had printed before.
func (r *report) failure(advice string) string {
	if text, ok := strings.CutPrefix(advice, replaced); ok {
		return text
	}
	e := r.Error
	var b strings.Builder
	b.WriteString(e.Type)
	if message := strings.TrimSpace(e.Message); message != "" {
		b.WriteString(": " + cut.Middle(message, r.most/2))
	}
	if e.Line > 0 {
		fmt.Fprintf(&b, " (line %d", e.Line)
		if line := strings.TrimSpace(lineOf(r.source, e.Line)); line != "" {
			b.WriteString(": " + cut.Head(line, 160))
		}
		b.WriteString(")")
	}
	if advice != "" {
		b.WriteString("\n" + advice)
	}
	if before := strings.TrimSpace(r.Stdout); before != "" {
		b.WriteString("\nPrinted before the error:\n" + cut.Middle(before, r.most/2))
	}
	if r.Notice != "" {
		b.WriteString("\n" + r.Notice)
	}
	return b.String()
}

// lineOf is a line of a program, counted from 1.
func lineOf(source string, n int) string {
	for line := range strings.SplitSeq(source, "\n") {
		if n--; n == 0 {
			return line
		}
	}
	return ""
}
