package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/qwen-agent/qwen-agent/eval/bfcl"
)

func newEvalBFCLCmd() *cobra.Command {
	var model, data, category, format, out string
	var flags engineFlags
	var limit int
	cmd := &cobra.Command{
		Use:   "bfcl --model MODEL --data DIR",
		Short: "Ask for function calls, and count the right ones",
		Long: `Asks the model the questions of one category of the Berkeley Function-Calling Leaderboard
(DIR/bfcl/CATEGORY.jsonl and its answers), greedily and in the model's own chat format, and
prints how many answers are right by the leaderboard's rules: all, and those that a parser
would see that takes only <tool_call> tags.`,
		Example: `  qwen-agent eval bfcl --model qwen2.5-coder-0.5b --data data --category multiple --limit 60`,
		Args:    usageArgs(cobra.NoArgs, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) (failed error) {
			items, err := bfcl.Load(filepath.Join(data, "bfcl"), category)
			if err != nil {
				return err
			}
			if limit > 0 && limit < len(items) {
				items = items[:limit]
			}
			options, err := flags.options()
			if err != nil {
				return err
			}
			e, _, err := openEngine(cmd.Context(), model, options)
			if err != nil {
				return err
			}
			defer e.Close()
			write := func(bfcl.Result) error { return nil }
			if out != "" {
				f, err := os.Create(out)
				if err != nil {
					return err
				}
				defer func() { failed = errors.Join(failed, f.Close()) }()
				lines := json.NewEncoder(f)
				lines.SetEscapeHTML(false)
				write = func(r bfcl.Result) error { return lines.Encode(r) }
			}
			var done, right, strict int
			for r, err := range bfcl.Run(cmd.Context(), e, items, format) {
				if err != nil {
					return err
				}
				if err := write(r); err != nil {
					return err
				}
				done++
				if r.OK {
					right++
				}
				if r.Strict {
					strict++
				}
				fmt.Fprintf(cmd.ErrOrStderr(), "%d/%d %s: %d right\n", done, len(items), r.ID, right)
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %d of %d right (%.1f %%), %d in tags alone\n",
				category, right, done, 100*float64(right)/float64(done), strict)
			return err
		},
	}
	f := cmd.Flags()
	f.StringVarP(&model, "model", "m", "", "`name` or path of the model")
	f.StringVar(&data, "data", "data", "`folder` with the folder bfcl")
	f.StringVar(&category, "category", "simple_python", "`name` of the category")
	f.StringVar(&format, "format", "", "chat `format`; the model's own by default")
	f.StringVar(&out, "out", "", "`file` for the results, as JSON lines")
	flags.add(cmd)
	f.IntVar(&limit, "limit", 0, "at most this `number` of questions; 0 is all")
	return cmd
}
