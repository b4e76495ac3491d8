package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/qwen-agent/qwen-agent/eval/sessions"
	"github.com/qwen-agent/qwen-agent/interpreter"
	"github.com/qwen-agent/qwen-agent/interpreter/golang/compiled"
	"github.com/qwen-agent/qwen-agent/interpreter/python"
	"github.com/qwen-agent/qwen-agent/interpreter/sandbox"
)

// doctorStarts is how many sessions of each language the doctor times.
const doctorStarts = 5

// diagnosis is what the doctor finds. Language and Version are those of --lang.
type diagnosis struct {
	Language  string         `json:"language"`
	Version   string         `json:"version"`
	Languages []patient      `json:"languages"`
	Toolchain string         `json:"go_toolchain"`
	Sandbox   sandbox.Report `json:"sandbox"`
}

// patient is a language, with the times of its sessions or why it has none.
type patient struct {
	Language   string           `json:"language"`
	Version    string           `json:"version,omitempty"`
	Executable string           `json:"executable,omitempty"`
	Start      *sessions.Spread `json:"start_ms,omitempty"`
	Cell       *sessions.Spread `json:"cell_ms,omitempty"`
	Error      string           `json:"error,omitempty"`
}

// doctor opens sessions and reports what is around them, which languages there are, and
// how long a session takes to start.
func doctor(ctx context.Context, w io.Writer, o interpreter.Options, f execFlags) error {
	session, err := interpreter.Open(ctx, o)
	var missing *sandbox.MissingError
	if errors.As(err, &missing) && o.Level == sandbox.Strict { // say all that is missing, not only the first
		o.Level = sandbox.Basic
		var basicErr error
		if session, basicErr = interpreter.Open(ctx, o); basicErr != nil {
			return errors.Join(err, basicErr)
		}
	} else if err != nil {
		return err
	}
	defer session.Close()
	d := diagnosis{Toolchain: toolchainText(ctx, f.goCommand), Sandbox: session.Sandbox()}
	d.Language, d.Version = session.Language()
	for _, name := range languageNames() {
		p := examine(ctx, name, o, f)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		d.Languages = append(d.Languages, p)
	}
	if f.json {
		return errors.Join(err, writeIndented(w, d))
	}
	return errors.Join(err, d.write(w))
}

// examine times sessions of a language.
func examine(ctx context.Context, name string, o interpreter.Options, f execFlags) patient {
	p := patient{Language: name}
	if name != f.lang {
		f.compiled = false // which is for --lang go
	}
	var err error
	if o.Language, err = languages[name](f); err == nil {
		bench := sessions.Bench{Options: o, N: doctorStarts}
		var row *sessions.Row
		if row, err = bench.Describe(ctx); err == nil {
			err = errors.Join(bench.Measure(ctx, sessions.Start, row), bench.Measure(ctx, sessions.Cell, row))
			p.Version, p.Start, p.Cell = row.Version, row.Start, row.Cell
		}
	}
	if err != nil {
		p.Error = err.Error()
	}
	if name == "python" {
		if found, err := python.Find(ctx, f.python); err == nil {
			p.Executable = found.Executable
		}
	}
	return p
}

// text is the patient in one line.
func (p patient) text() string {
	if p.Error != "" {
		return "no: " + p.Error
	}
	text := p.Version
	if p.Executable != "" {
		text += " in " + p.Executable
	}
	return fmt.Sprintf("%s; a session starts in %.0f ms, a cell takes %.2f ms", text, p.Start.P50, p.Cell.P50)
}

func (d diagnosis) write(w io.Writer) error {
	var b strings.Builder
	line := func(name, text string) { fmt.Fprintf(&b, "%-18s %s\n", name, text) }
	for _, p := range d.Languages {
		line(p.Language, p.text())
	}
	line("go toolchain", d.Toolchain)
	line("level", d.Sandbox.Level.String())
	b.WriteByte('\n')
	for _, l := range d.Sandbox.Layers {
		mark := "yes"
		if !l.Holds {
			mark = "no"
		}
		line(string(l.Layer), strings.TrimRight(fmt.Sprintf("%-4s %s", mark, l.Detail), " "))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// toolchainText says which Go toolchain --compiled would use, or why there is none.
func toolchainText(ctx context.Context, name string) string {
	t, err := compiled.Find(ctx, name)
	if err != nil {
		return err.Error()
	}
	return t.Version + " in " + t.Root
}
