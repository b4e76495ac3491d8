package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/qwen-agent/qwen-agent/eval/hfagent"
	"github.com/qwen-agent/qwen-agent/interpreter/sandbox"
)

func newEvalHFAgentCmd() *cobra.Command {
	var f evalFlags
	var modes []string
	var level string
	cmd := &cobra.Command{
		Use:   "hf-agent --model MODEL",
		Short: "Run the Hugging Face agent's benchmark: tool selection, tool use and code",
		Long: `Tells the model of the fourteen tools of the Hugging Face agent, as Python functions, and has it
write a few lines of code for each task: 27 single ones (run) and 24 dialogues of 47 steps
(chat). The tasks come with the program; "selection" is whether its explanation names the right tools, "used"
whether its code does, "code" whether the result is right, as transformers scores them.

The prompts are ours, of the original's shape, unless DIR/hf-agent has run_prompt_template.txt
and chat_prompt_template.txt, those of transformers; figures can be compared with published ones
only with these. --limit is for each mode.`,
		Example: `  qwen-agent eval hf-agent --model qwen2.5-coder-1.5b --json hf.jsonl
  qwen-agent eval hf-agent --model qwen2.5-coder-1.5b --mode run`,
		Args: usageArgs(cobra.NoArgs, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.check(chatFormats); err != nil {
				return err
			}
			l, err := sandbox.ParseLevel(level)
			if err != nil || l == sandbox.Off {
				return usageError(fmt.Errorf("--sandbox is %q, wanted strict or basic", level))
			}
			for _, mode := range modes {
				if !slices.Contains(hfagent.Modes, mode) {
					return usageError(fmt.Errorf("--mode is %q, wanted %s", mode, strings.Join(hfagent.Modes, " or ")))
				}
			}
			prompts, err := hfagent.ReadPrompts(filepath.Join(f.data, "hf-agent"))
			if err != nil {
				return err
			}
			b := benchmark{name: "hf-agent", options: map[string]string{"prompts": "ours", "mode": strings.Join(modes, ",")}}
			if prompts.Original {
				b.options["prompts"] = "original"
			}
			runner, err := hfagent.Open(cmd.Context(), l)
			if err != nil {
				return err
			}
			defer runner.Close()
			for _, mode := range modes {
				cases, err := hfagent.Cases(runner, prompts, f.chat(), mode)
				if err != nil {
					return err
				}
				b.cases = append(b.cases, limited(&f, cases)...)
			}
			return f.run(cmd, b)
		},
	}
	f.add(cmd, chatFormats)
	cmd.Flags().StringSliceVar(&modes, "mode", hfagent.Modes, "`modes`: run, chat")
	cmd.Flags().StringVar(&level, "sandbox", sandbox.Strict.String(), "`level`: strict, or basic for what an old kernel has")
	completeWords(cmd, "mode", hfagent.Modes)
	completeWords(cmd, "sandbox", []string{"strict", "basic"})
	return cmd
}
