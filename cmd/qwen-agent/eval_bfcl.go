package main

import (
	"errors"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/qwen-agent/qwen-agent/eval/bfcl"
)

func newEvalBFCLCmd() *cobra.Command {
	var f evalFlags
	var categories []string
	var forced, both bool
	var callAt string
	cmd := &cobra.Command{
		Use:   "bfcl --model MODEL --data DIR",
		Short: "Ask for function calls, and count the right ones",
		Long: `Asks the model the questions of the Berkeley Function-Calling Leaderboard (DIR/bfcl/CATEGORY.jsonl
and its answers) and judges the calls by the leaderboard's rules. By default the model may
call functions or answer in words, and questions that no function fits (irrelevance) are among
them; with --forced it must call one, and those are left out. --both does the two, and asks once where
the answer is a call anyway.

"valid" is the share of the answers with calls whose calls all fit the schema of a function that there
is, and "strict" the share that would be right if only <tool_call> tags counted as calls.
--limit is for each category.`,
		Example: `  qwen-agent eval bfcl --model qwen2.5-coder-0.5b --data data --limit 60 --json bfcl.jsonl
  qwen-agent eval bfcl --model qwen2.5-coder-0.5b --data data --category multiple --forced`,
		Args: usageArgs(cobra.NoArgs, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.check(chatFormats); err != nil {
				return err
			}
			b := benchmark{name: "bfcl", options: map[string]string{}}
			at, err := readCallAt(callAt)
			switch {
			case err != nil:
				return usageError(err)
			case forced && (both || at != nil):
				return usageError(errors.New("--forced leaves nothing for --both or --call-at to decide"))
			case forced:
				b.options["call"] = "forced"
			case at != nil:
				b.options["call"] = "from " + callAt
			}
			if both {
				b.options["asked"] = "freely and forced"
			}
			o := bfcl.Options{Format: f.chat(), Forced: forced, CallAt: at}
			if !cmd.Flags().Changed("category") {
				categories = bfcl.Categories
				if forced {
					categories = categories[:len(categories)-1]
				}
			}
			b.options["category"] = strings.Join(categories, ",")
			dir := filepath.Join(f.data, "bfcl")
			for _, category := range categories {
				items, err := bfcl.Load(dir, category)
				if err != nil {
					return f.dataError(err, "bfcl")
				}
				o.Group = category
				o.Both = both && len(items[0].Want) > 0
				b.data = append(b.data, bfcl.Files(dir, category)...)
				b.cases = append(b.cases, bfcl.Cases(limited(&f, items), o)...)
			}
			return f.run(cmd, b)
		},
	}
	f.add(cmd, chatFormats)
	cmd.Flags().StringSliceVar(&categories, "category", nil, "`names` of the categories; by default "+strings.Join(bfcl.Categories, ", "))
	cmd.Flags().BoolVar(&forced, "forced", false, "a function must be called")
	cmd.Flags().BoolVar(&both, "both", false, "ask each question freely and with a call forced")
	cmd.Flags().StringVar(&callAt, "call-at", "", callAtHelp+"; by default what suits the model")
	completeWords(cmd, "call-at", []string{"model"})
	completeWords(cmd, "category", bfcl.Categories)
	return cmd
}
