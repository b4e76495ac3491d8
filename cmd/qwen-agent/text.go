package main

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/qwen-agent/qwen-agent/internal/cut"
	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/react"
	"github.com/qwen-agent/qwen-agent/tools"
)

// How much of a result is shown; the model reads more of it.
const (
	shownLines = 12
	shownWidth = 200  // of a line
	shownCall  = 1000 // of the arguments of a call
)

// textReporter shows a run to people: the answer on w, everything else on log. If w is a
// terminal the answer is shown there as it is written, else when it is complete.
type textReporter struct {
	w     io.Writer
	log   io.Writer
	style style
	live  bool   // w is a terminal
	root  string // the workspace's path, which artefacts are relative to

	show  func(tools.Artefact) error // shows a picture on the terminal; nil shows none
	tools []llm.Tool

	open string // what the last line, which has no end yet, is: "thought", "text" or ""
	said strings.Builder
	done string // the answer
}

func (r *textReporter) start() error { return nil }

func (r *textReporter) event(e react.Event) error {
	switch e := e.(type) {
	case react.Step:
		r.breakLine()
		r.said.Reset()
	case react.Thought:
		if r.open != "thought" {
			r.breakLine()
			r.open = "thought"
			r.logf("%s", r.style.mark(dim, "thought: "))
		}
		r.logf("%s", r.style.mark(dim, printable(e.Text)))
	case react.Text:
		return r.text(e.Text)
	case react.Call:
		r.breakLine()
		r.logf("%s %s\n", r.style.mark(cyan, "call: "+printable(e.Name)), shownArguments(e, r.tools))
	case react.Observation:
		r.breakLine()
		label := "result: "
		text := shown(e.Text)
		if e.Failed { // the text says "error: " to the model already
			label = ""
			if !strings.HasPrefix(text, "error: ") {
				label = "error: "
			}
			r.logf("%s\n", r.style.mark(red, label+text))
			break
		}
		r.logf("%s%s\n", label, text)
	case react.Retry:
		r.breakLine()
		r.said.Reset()
		r.logf("%s\n", r.style.mark(dim, "again: "+printable(e.Why)))
	case react.Notice:
		r.breakLine()
		r.logf("note: %s\n", printable(e.Text))
	case react.Answer:
		return r.answer(e.Text)
	}
	return nil
}

// text shows words that may become the answer: on w only if that is a terminal, where
// they can be followed by others.
func (r *textReporter) text(s string) error {
	r.said.WriteString(s)
	if r.open != "text" {
		r.breakLine()
		r.open = "text"
		if !r.live {
			r.logf("%s", r.style.mark(bold, "answer: "))
		}
	}
	if !r.live {
		r.logf("%s", printable(s))
		return nil
	}
	_, err := io.WriteString(r.w, printable(s))
	return err
}

// answer ends with the answer on w, unless it stands there already.
func (r *textReporter) answer(s string) error {
	r.done = s
	streamed := r.live && strings.TrimSpace(r.said.String()) == s
	if streamed {
		_, err := io.WriteString(r.w, "\n")
		r.open = ""
		return err
	}
	r.breakLine()
	if r.live {
		s = printable(s)
	}
	_, err := fmt.Fprintln(r.w, s)
	return err
}

// breakLine ends a line that has none yet.
func (r *textReporter) breakLine() {
	if r.open == "" {
		return
	}
	if r.open == "text" && r.live {
		fmt.Fprintln(r.w) // an error comes back at the next write
	} else {
		r.logf("\n")
	}
	r.open = ""
}

// logf writes to the log. It may be closed: the answer is what matters then.
func (r *textReporter) logf(format string, args ...any) { fmt.Fprintf(r.log, format, args...) }

func (r *textReporter) finish(end react.End, _ error) error {
	r.breakLine()
	if end.Reason != react.Answered && end.Partial != "" {
		r.logf("known so far: %s\n", shown(end.Partial))
	}
	for _, f := range end.Artefacts {
		r.logf("file: %s\n", artefactLine(r.root, f))
		if r.show != nil {
			if err := r.show(f); err != nil { // the path is there already
				r.logf("note: %s\n", printable(err.Error()))
			}
		}
	}
	if end.Steps > 0 {
		u := end.Usage
		r.logf("%s\n", r.style.mark(dim, fmt.Sprintf("%s, %s, %d tokens read (%d from the cache), %d written, %v",
			count(end.Steps, "step"), count(end.Calls, "call"), u.Prompt, u.Cached, u.Generated, end.Elapsed.Round(100*time.Millisecond))))
	}
	return nil
}

// shownArguments is the arguments of a call as JSON, or its program as lines.
func shownArguments(c react.Call, list []llm.Tool) string {
	for _, t := range list {
		if t.Name != c.Name || t.Code == nil {
			continue
		}
		var arguments map[string]any
		if json.Unmarshal(c.Arguments, &arguments) != nil || len(arguments) != 1 {
			break
		}
		if program, ok := arguments[t.Code.Parameter].(string); ok {
			return "\n    " + strings.ReplaceAll(cut.Head(printable(strings.TrimSpace(program)), shownCall), "\n", "\n    ")
		}
	}
	return cut.Head(printable(string(c.Arguments)), shownCall)
}

// artefactLine names a file that a run left, by the path that opens it from here.
func artefactLine(root string, f tools.Artefact) string {
	line := printable(filepath.Join(root, filepath.FromSlash(f.Path)))
	if f.Title != "" {
		line += " (" + cut.Head(printable(strings.ReplaceAll(f.Title, "\n", " ")), shownWidth) + ")"
	}
	return line
}

func count(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// shown cuts a result to what a person reads at a glance and indents its further lines.
func shown(s string) string {
	lines := strings.Split(strings.TrimSpace(printable(s)), "\n")
	more := 0
	if len(lines) > shownLines {
		more = len(lines) - shownLines
		lines = lines[:shownLines]
	}
	for i, l := range lines {
		if lines[i] = cut.Head(l, shownWidth); i > 0 && l != "" {
			lines[i] = "  " + lines[i]
		}
	}
	text := strings.Join(lines, "\n")
	if more > 0 {
		text += fmt.Sprintf("\n  … %s", count(more, "more line"))
	}
	return text
}
