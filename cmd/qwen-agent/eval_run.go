package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/qwen-agent/qwen-agent/eval"
	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/engine"
)

// evalFlags are the flags of every benchmark.
type evalFlags struct {
	model, data, format, json, chart string
	limit, parallel                  int
	resume                           bool
	engine                           engineFlags
}

// add adds them to a command whose --format is one of formats.
func (f *evalFlags) add(cmd *cobra.Command, formats []string) {
	flags := cmd.Flags()
	flags.StringVarP(&f.model, "model", "m", "", "`name` or path of the model")
	flags.StringVar(&f.data, "data", "data", "`folder` that the benchmarks' data is in")
	flags.StringVar(&f.format, "format", "", "chat `format`; the model's own by default")
	flags.StringVar(&f.json, "json", "", "`file` for the results, a JSON line for each question")
	flags.BoolVar(&f.resume, "resume", false, "go on with the file of --json: what it has is not asked again")
	flags.StringVar(&f.chart, "chart", "", "`file` for a bar chart, as PNG")
	flags.IntVar(&f.limit, "limit", 0, "at most this `number` of questions, the first; 0 is all")
	flags.IntVar(&f.parallel, "parallel", 1, "`number` of questions that are asked at once")
	f.engine.add(cmd)
	completeModels(cmd, "model")
	completeWords(cmd, "format", formats)
}

// templateFormat names the model's own format where another one is the default.
const templateFormat = "template"

// chatFormats are what --format may be where a model is asked without a planner.
var chatFormats = append([]string{templateFormat}, llm.Formats...)

// chat returns --format as a request names it.
func (f *evalFlags) chat() string {
	if f.format == templateFormat {
		return ""
	}
	return f.format
}

// check finds bad use.
func (f *evalFlags) check(formats []string) error {
	switch {
	case f.limit < 0:
		return usageError(fmt.Errorf("--limit is %d, wanted 0 or more", f.limit))
	case f.parallel < 1 || f.parallel > maxParallel:
		return usageError(fmt.Errorf("--parallel is %d, wanted 1 to %d", f.parallel, maxParallel))
	case f.format != "" && !slices.Contains(formats, f.format):
		return usageError(fmt.Errorf("--format is %q, wanted %s", f.format, strings.Join(formats, ", ")))
	case f.resume && f.json == "":
		return usageError(errors.New("--resume needs --json, the file to go on with"))
	}
	_, err := f.engine.options()
	return err
}

// maxParallel is more than a machine can serve well.
const maxParallel = 256

// dataError adds to an error of a missing file what the flag means.
func (f *evalFlags) dataError(err error, folder string) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: --data has to name the folder that the folder %s is in", err, folder)
	}
	return err
}

// benchmark is what a command has made of its flags before the model is opened.
type benchmark struct {
	name     string
	options  map[string]string // besides those of evalFlags, what changes answers
	data     []string          // files that the questions are made from
	cases    []eval.Case
	late     func(llm.Model) ([]eval.Case, error) // makes cases where that takes a model; nil if it does not
	measures bool                                 // see eval.Settings
	context  int                                  // tokens that the longest question and its answer need; 0 is the engine's default
}

// limited returns the first cases of a list, as --limit has it.
func limited[T any](f *evalFlags, list []T) []T {
	if f.limit > 0 && f.limit < len(list) {
		return list[:f.limit]
	}
	return list
}

// run asks a model the questions of a benchmark, and reports.
func (f *evalFlags) run(cmd *cobra.Command, b benchmark) (failed error) {
	ctx := cmd.Context()
	options, err := f.engine.options()
	if err != nil {
		return err
	}
	if b.context > 0 {
		options.Context = b.context
	}
	sum, err := eval.Checksum(b.data...)
	if err != nil {
		return err
	}
	model, closeModel, err := openModel(ctx, f.model, options)
	if err != nil {
		return err
	}
	defer func() { failed = errors.Join(failed, closeModel()) }()

	if b.late != nil {
		if b.cases, err = b.late(model); err != nil {
			return err
		}
	}
	settings := f.settings(b, model, sum)
	o := eval.Options{Parallel: f.parallel}
	if f.json != "" {
		open := eval.Create
		if f.resume {
			open = eval.Resume
		}
		o.Results, err = open(f.json, settings)
		if errors.Is(err, fs.ErrExist) {
			return usageError(fmt.Errorf("%s has results already: --resume goes on with them", f.json))
		}
		if err != nil {
			return err
		}
		defer func() { failed = errors.Join(failed, o.Results.Close()) }()
	}
	bar := newEvalBar(cmd.ErrOrStderr(), b.measures)
	o.Progress = bar.show
	results, err := eval.Run(ctx, model, b.cases, o)
	bar.end()
	if err != nil {
		return errors.Join(err, f.broken(cmd, len(results), len(b.cases)))
	}
	list := eval.Summarize(settings, results)
	return errors.Join(eval.Markdown(cmd.OutOrStdout(), list), writeChart(f.chart, list))
}

// broken says what is kept of a run that did not come to its end.
func (f *evalFlags) broken(cmd *cobra.Command, done, of int) error {
	if f.json == "" || done == 0 {
		return nil
	}
	_, err := fmt.Fprintf(cmd.ErrOrStderr(), "%d of %d are in %s; the same command with --resume goes on\n", done, of, f.json)
	return err
}

func (f *evalFlags) settings(b benchmark, m llm.Model, sum string) eval.Settings {
	s := eval.Settings{
		Benchmark: b.name, Model: m.Info().Name, Data: sum, Program: program(),
		Options: maps.Clone(b.options), Measures: b.measures,
	}
	if s.Options == nil {
		s.Options = map[string]string{}
	}
	if f.format != "" {
		s.Options["format"] = f.format
	}
	if f.engine.kv != engine.KVTypes[0] {
		s.Options["kv"] = f.engine.kv
	}
	if e, ok := m.(interface{ Path() string }); ok {
		s.File = filepath.Base(e.Path())
		if info, err := os.Stat(e.Path()); err == nil {
			s.Bytes = info.Size()
		}
	}
	return s
}

// program says which program makes the results: version and commit, and where these do not
// tell two builds apart a checksum of the file.
func program() string {
	v := readVersion()
	s := v.Version + " " + v.Commit
	if v.Commit != "unknown" && !strings.HasSuffix(v.Commit, "+changes") {
		return s
	}
	if path, err := os.Executable(); err == nil {
		if sum, err := eval.Checksum(path); err == nil {
			s += " " + sum
		}
	}
	return s
}

// writeChart draws a chart into a file; "" is none.
func writeChart(path string, list []eval.Summary) error {
	if path == "" {
		return nil
	}
	return writePicture(path, func(w io.Writer) error { return eval.Chart(w, list) })
}

// writePicture draws into a file, which appears complete.
func writePicture(path string, draw func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".chart-*.png")
	if err != nil {
		return err
	}
	err = errors.Join(draw(f), f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
