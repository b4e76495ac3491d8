package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/qwen-agent/qwen-agent/eval/tasks"
	"github.com/qwen-agent/qwen-agent/interpreter/sandbox"
	"github.com/qwen-agent/qwen-agent/react"
)

func newEvalAgentCmd() *cobra.Command {
	var f evalFlags
	var more, fresh, code, known, asStrings bool
	var level, dir string
	cmd := &cobra.Command{
		Use:   "agent --model MODEL",
		Short: "Have an agent work on tasks whose answers are known",
		Long: `Runs the agent on 25 tasks that come with the program: one call, two that depend on each other, a
file name that is wrong, no tool, code, dates, edits, and one that cannot be done. The answer
must have the right number or words, or the files must be as they should.

--more runs 32 others, --fresh 16 that nothing is tuned on, --code 28 that a short program answers: numbers,
words, dates, and tables in files, and --known 40 questions that no tool must be called for. --code-strings has programs written as JSON strings and not
as blocks of lines, to see what the block is worth. --tasks runs your own: a folder of task files with
expected.yaml beside them, see docs/evaluation.md. Every call is allowed; each task works on a
copy of its workspace.`,
		Example: `  qwen-agent eval agent --model qwen2.5-coder-1.5b --json agent.jsonl
  qwen-agent eval agent --model qwen2.5-coder-1.5b --tasks my-tasks`,
		Args: usageArgs(cobra.NoArgs, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.check(react.Formats); err != nil {
				return err
			}
			l, err := sandbox.ParseLevel(level)
			if err != nil || l == sandbox.Off {
				return usageError(fmt.Errorf("--sandbox is %q, wanted strict or basic", level))
			}
			set, sets := "main", 0
			for name, chosen := range map[string]bool{"more": more, "fresh": fresh, "code": code, "known": known, "tasks": dir != ""} {
				if chosen {
					set = name
					sets++
				}
			}
			if sets > 1 {
				return usageError(fmt.Errorf("wanted one of --more, --fresh, --code, --known and --tasks"))
			}
			b := benchmark{name: "agent", options: map[string]string{"tasks": set}}
			if asStrings {
				b.options["code"] = "strings"
			}
			if dir == "" {
				if dir, err = os.MkdirTemp("", "qwen-agent-tasks-"); err != nil {
					return err
				}
				defer os.RemoveAll(dir)
				if err := tasks.Unpack(set, dir); err != nil {
					return err
				}
			} else {
				b.options["tasks"] = filepath.Base(dir)
			}
			list, err := tasks.Load(dir)
			if err != nil {
				return usageError(err)
			}
			if b.data, err = filesBelow(dir); err != nil {
				return err
			}
			b.cases = tasks.Cases(limited(&f, list), tasks.Options{Format: f.format, Sandbox: l, Strings: asStrings})
			return f.run(cmd, b)
		},
	}
	f.add(cmd, react.Formats)
	cmd.Flags().BoolVar(&more, "more", false, "other tasks")
	cmd.Flags().BoolVar(&fresh, "fresh", false, "the tasks that nothing is tuned on")
	cmd.Flags().BoolVar(&code, "code", false, "tasks that a short program answers")
	cmd.Flags().BoolVar(&known, "known", false, "questions that no tool must be called for")
	cmd.Flags().BoolVar(&asStrings, "code-strings", false, "programs are written as JSON strings")
	cmd.Flags().StringVar(&dir, "tasks", "", "`folder` of tasks in place of those that come with the program")
	cmd.Flags().StringVar(&level, "sandbox", sandbox.Strict.String(), "`level` for code: strict, or basic for what an old kernel has")
	completeWords(cmd, "sandbox", []string{"strict", "basic"})
	return cmd
}

// filesBelow lists the files in a folder and in those below it, except other sets of tasks.
func filesBelow(dir string) (files []string, err error) {
	err = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != dir {
			if _, err := os.Stat(filepath.Join(path, "expected.yaml")); err == nil {
				return filepath.SkipDir
			}
		}
		if d.Type().IsRegular() && !strings.HasPrefix(d.Name(), ".") {
			files = append(files, path)
		}
		return nil
	})
	slices.Sort(files)
	return files, err
}
