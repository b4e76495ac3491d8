package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/qwen-agent/qwen-agent/interpreter"
	"github.com/qwen-agent/qwen-agent/interpreter/golang"
	"github.com/qwen-agent/qwen-agent/interpreter/golang/compiled"
	"github.com/qwen-agent/qwen-agent/interpreter/python"
	"github.com/qwen-agent/qwen-agent/interpreter/sandbox"
)

// languages has what `exec` can run, by name.
var languages = map[string]func(execFlags) (interpreter.Language, error){
	"go":     goLanguage,
	"python": pythonLanguage,
}

func pythonLanguage(f execFlags) (interpreter.Language, error) {
	return python.Language{Executable: f.python, Notice: f.notice}, nil
}

func goLanguage(f execFlags) (interpreter.Language, error) {
	switch {
	case f.compiled:
	case f.goCommand != "" && !f.doctor:
		return nil, usageError(errors.New("--go is for --compiled"))
	default:
		return golang.Language{}, nil
	}
	return compiled.Language{Go: f.goCommand, Notice: f.notice}, nil
}

type execFlags struct {
	lang, level, workspace, python string
	goCommand                      string
	notice                         func(string) // of what takes long before the first cell
	code                           []string
	doctor, unsafe, json, compiled bool
	show                           bool
	memory, files                  byteSize
	processes                      int
	cpu, wall                      time.Duration
}

func newExecCmd() *cobra.Command {
	d := sandbox.Defaults
	f := execFlags{memory: byteSize(d.Memory), files: byteSize(d.Files)}
	cmd := &cobra.Command{
		Use:   "exec [FILE...]",
		Short: "Run code in the sandbox",
		Long: `Runs code in a sandboxed session: each -c and each FILE is a cell, and variables stay from
cell to cell. The last expression of a cell is shown. Without code it reads one cell from
stdin, or, on a terminal, asks for cells until Ctrl-D.

The code has no network and sees no files but those that its language needs; --workspace
names a folder whose files are copied in before each cell and out after it.

Exit codes:
  0    every cell went through
  1    a cell failed, or the sandbox or the language cannot be had
  2    bad use`,
		Example: `  qwen-agent exec --lang python -c 'import math; math.sqrt(2)'
  qwen-agent exec --lang python -w data analysis.py
  qwen-agent exec --lang go cells/*.go
  qwen-agent exec --lang go --compiled cells/*.go
  qwen-agent exec --lang python            # a prompt, with history
  qwen-agent exec --doctor                 # what the sandbox is made of here`,
		RunE: func(cmd *cobra.Command, args []string) error {
			f.code = slices.Clone(f.code)
			f.notice = func(text string) { fmt.Fprintln(cmd.ErrOrStderr(), text) }
			return runExec(cmd, f, args)
		},
	}
	flags := cmd.Flags()
	addLanguageFlags(cmd, &f)
	flags.StringArrayVarP(&f.code, "code", "c", nil, "a cell of `code`; once for each")
	flags.StringVarP(&f.workspace, "workspace", "w", "", "`folder` whose files the code works on")
	flags.StringVar(&f.level, "sandbox", sandbox.Strict.String(), "`level`: strict, or basic for what an old kernel has")
	flags.BoolVar(&f.unsafe, "unsafe", false, "run without a sandbox: the code may do whatever you may")
	flags.BoolVar(&f.doctor, "doctor", false, "report what the sandbox is made of here, which languages there are, and how fast a session starts")
	flags.BoolVar(&f.show, "show", false, showHelp)
	flags.BoolVar(&f.json, "json", false, "print one JSON object for each cell")
	flags.Var(&f.memory, "memory", "most `bytes` of memory, such as 512M")
	flags.Var(&f.files, "files", "most `bytes` of files")
	flags.IntVar(&f.processes, "processes", d.Processes, "most processes and threads, a `number`")
	flags.DurationVar(&f.cpu, "cpu", d.CPU, "most CPU `time` of a cell")
	flags.DurationVar(&f.wall, "timeout", d.Wall, "most wall `time` of a cell")
	cmd.RegisterFlagCompletionFunc("sandbox", fixed("strict", "basic"))
	return cmd
}

// addLanguageFlags adds the flags that choose a language and what runs it.
func addLanguageFlags(cmd *cobra.Command, f *execFlags) {
	flags := cmd.Flags()
	flags.StringVarP(&f.lang, "lang", "l", "python", "`language`: "+strings.Join(languageNames(), ", "))
	flags.StringVar(&f.python, "python", "", "`file` or name of the Python to use; else the active virtual environment's, or python3")
	flags.BoolVar(&f.compiled, "compiled", false, "compile cells of Go with the machine's Go toolchain, for speed and all of the language; variables are not kept")
	flags.StringVar(&f.goCommand, "go", "", "`file` or name of the go command to use; else go in PATH, or /usr/local/go")
	cmd.RegisterFlagCompletionFunc("lang", fixed(languageNames()...))
}

func languageNames() []string { return slices.Sorted(maps.Keys(languages)) }

// fixed completes a flag with one of a few words.
func fixed(words ...string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return words, cobra.ShellCompDirectiveNoFileComp
	}
}

// options makes the session's options out of the flags.
func (f execFlags) options() (o interpreter.Options, err error) {
	language, known := languages[f.lang]
	if !known {
		return o, usageError(fmt.Errorf("--lang is %q, wanted %s", f.lang, strings.Join(languageNames(), " or ")))
	}
	if o.Level, err = sandbox.ParseLevel(f.level); err != nil || o.Level == sandbox.Off {
		return o, usageError(fmt.Errorf("--sandbox is %q, wanted strict or basic", f.level))
	}
	if f.unsafe {
		o.Level = sandbox.Off
	}
	for _, l := range []struct {
		flag string
		low  bool
	}{{"memory", f.memory < 32<<20}, {"files", f.files < 1<<16}, {"processes", f.processes < 1}, {"cpu", f.cpu < time.Millisecond}, {"timeout", f.wall < time.Millisecond}} {
		if l.low {
			return o, usageError(fmt.Errorf("--%s is too little for an interpreter to run", l.flag))
		}
	}
	if f.lang != "go" && (f.compiled || f.goCommand != "") {
		return o, usageError(errors.New("--compiled and --go are for --lang go"))
	}
	if o.Language, err = language(f); err != nil {
		return o, err
	}
	o.Workspace = f.workspace
	o.Limits = sandbox.Limits{Memory: int64(f.memory), Files: int64(f.files), Processes: f.processes, CPU: f.cpu, Wall: f.wall}
	return o, nil
}

func runExec(cmd *cobra.Command, f execFlags, args []string) error {
	o, err := f.options()
	if err != nil {
		return err
	}
	if f.doctor {
		return doctor(cmd.Context(), cmd.OutOrStdout(), o, f)
	}
	terminal := len(f.code) == 0 && len(args) == 0 && isTerminal(os.Stdin) && isTerminal(os.Stdout)
	if terminal && !f.json {
		return prompt(cmd.Context(), o, f.show)
	}
	cells, err := readCells(f.code, args)
	if err != nil {
		return err
	}
	view := &cellView{out: cmd.OutOrStdout(), err: cmd.ErrOrStderr(), json: f.json, kept: f.workspace != ""}
	if !f.json {
		o.Output = view.stream
	}
	session, err := interpreter.Open(cmd.Context(), o)
	if err != nil {
		return err
	}
	defer session.Close()
	if f.show && !f.json {
		view.showOn(picturesOn(os.Stdout, os.Stderr), session)
	}
	// A signal ends the program soon: there is no time to ask the cell to stop.
	defer context.AfterFunc(cmd.Context(), func() { session.Close() })()
	for _, c := range cells {
		result, err := session.Run(cmd.Context(), c)
		if err != nil {
			return err
		}
		if err := view.show(result); err != nil {
			return err
		}
		if result.Error != nil {
			return &exitError{exitFailed, nil}
		}
	}
	return nil
}

// readCells collects the cells of a command line: code, then files, or stdin.
func readCells(code, files []string) ([]string, error) {
	cells := slices.Clone(code)
	if len(code) == 0 && len(files) == 0 {
		files = []string{"-"}
	}
	for _, name := range files {
		text, err := readCell(name)
		if err != nil {
			return nil, err
		}
		cells = append(cells, text)
	}
	return cells, nil
}

func readCell(name string) (string, error) {
	in := io.Reader(os.Stdin)
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return "", usageError(err)
		}
		defer f.Close()
		in = f
	}
	text, err := io.ReadAll(io.LimitReader(in, interpreter.MaxCell+1)) // the session says what is too long
	if err != nil {
		return "", fmt.Errorf("read a cell from %s: %w", name, err)
	}
	return string(text), nil
}
