package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/qwen-agent/qwen-agent/eval/humaneval"
	"github.com/qwen-agent/qwen-agent/interpreter/sandbox"
)

func newEvalHumanEvalCmd() *cobra.Command {
	var f evalFlags
	var lang, level string
	cmd := &cobra.Command{
		Use:   "humaneval --model MODEL --data DIR",
		Short: "Ask for functions in Python or Go, and run their tests",
		Long: `Asks the model to write the functions of HumanEval (DIR/humaneval/LANGUAGE.jsonl), once and greedily
(pass@1), and runs what it writes with the benchmark's tests, each in a sandboxed session of its
own. Python needs an interpreter on the machine, Go a toolchain.`,
		Example: `  qwen-agent eval humaneval --model qwen2.5-coder-1.5b --data data --json humaneval.jsonl
  qwen-agent eval humaneval --model qwen2.5-coder-1.5b --data data --lang go --limit 40`,
		Args: usageArgs(cobra.NoArgs, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.check(chatFormats); err != nil {
				return err
			}
			if !slices.Contains(humaneval.Languages, lang) {
				return usageError(fmt.Errorf("--lang is %q, wanted %s", lang, strings.Join(humaneval.Languages, " or ")))
			}
			l, err := sandbox.ParseLevel(level)
			if err != nil || l == sandbox.Off {
				return usageError(fmt.Errorf("--sandbox is %q, wanted strict or basic", level))
			}
			dir := filepath.Join(f.data, "humaneval")
			problems, err := humaneval.Load(dir, lang)
			if err != nil {
				return f.dataError(err, "humaneval")
			}
			runner, err := humaneval.Open(cmd.Context(), lang, l)
			if err != nil {
				return err
			}
			defer runner.Close()
			return f.run(cmd, benchmark{
				name: "humaneval", options: map[string]string{"lang": lang}, data: []string{humaneval.File(dir, lang)},
				cases: humaneval.Cases(limited(&f, problems), runner, f.chat()),
			})
		},
	}
	f.add(cmd, chatFormats)
	cmd.Flags().StringVar(&lang, "lang", "python", "`language`: "+strings.Join(humaneval.Languages, ", "))
	cmd.Flags().StringVar(&level, "sandbox", sandbox.Strict.String(), "`level`: strict, or basic for what an old kernel has")
	completeWords(cmd, "lang", humaneval.Languages)
	completeWords(cmd, "sandbox", []string{"strict", "basic"})
	return cmd
}
