package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/qwen-agent/qwen-agent/eval/coding"
)

func newEvalCodeCmd() *cobra.Command {
	var model, form, out, only string
	var o coding.Options
	var flags engineFlags
	cmd := &cobra.Command{
		Use:   "code --model MODEL",
		Short: "Put small tasks that a program answers, and count the right answers",
		Long: `Puts 28 small tasks to the model, which has the tool python: numbers, words, dates, and
tables in files. Prints how many answers are right, and how many programs failed.

--form string has the model write its programs into JSON strings in place of blocks of
lines, to see what the block is worth.`,
		Example: `  qwen-agent eval code --model qwen2.5-coder-1.5b
  qwen-agent eval code --model qwen2.5-coder-0.5b --form string --out results.jsonl`,
		Args: usageArgs(cobra.NoArgs, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) (failed error) {
			if o.Form = coding.Form(form); o.Form != coding.Fence && o.Form != coding.String {
				return usageError(fmt.Errorf("--form is %q, wanted fence or string", form))
			}
			list, err := coding.Tasks()
			if err != nil {
				return err
			}
			if only != "" {
				names := strings.Split(only, ",")
				list = slices.DeleteFunc(list, func(t coding.Task) bool { return !slices.Contains(names, t.Name) })
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
			write := func(coding.Result) error { return nil }
			if out != "" {
				f, err := os.Create(out)
				if err != nil {
					return err
				}
				defer func() { failed = errors.Join(failed, f.Close()) }()
				lines := json.NewEncoder(f)
				lines.SetEscapeHTML(false)
				write = func(r coding.Result) error { return lines.Encode(r) }
			}
			var sum coding.Result
			right, done := 0, 0
			for r, err := range coding.Run(cmd.Context(), e, list, o) {
				if err != nil {
					return err
				}
				if err := write(r); err != nil {
					return err
				}
				done++
				mark := "wrong"
				if r.OK {
					right++
					mark = "right"
				}
				sum.Steps, sum.Calls, sum.Failed, sum.Syntax, sum.Tokens = sum.Steps+r.Steps, sum.Calls+r.Calls, sum.Failed+r.Failed, sum.Syntax+r.Syntax, sum.Tokens+r.Tokens
				fmt.Fprintf(cmd.ErrOrStderr(), "%d/%d %s: %s\n", done, len(list), r.Name, mark)
			}
			n := float64(max(done, 1))
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %d of %d right, %.1f steps and %.0f tokens a task; of %d programs %d failed, %d of them were no Python\n",
				form, right, done, float64(sum.Steps)/n, float64(sum.Tokens)/n, sum.Calls, sum.Failed, sum.Syntax)
			return err
		},
	}
	f := cmd.Flags()
	f.StringVarP(&model, "model", "m", "", "`name` or path of the model")
	f.StringVar(&form, "form", string(coding.Fence), "how programs are written, a `form`: fence or string")
	f.StringVar(&o.Format, "format", "", "prompt `format`; the one that is best for the model by default")
	f.StringVar(&o.Tools, "tools", "", "`list` of tools as in a task file; [python] by default")
	f.StringVar(&only, "tasks", "", "`names` of the tasks to put, with commas between them; all by default")
	f.StringVar(&out, "out", "", "`file` for the results, as JSON lines")
	flags.add(cmd)
	return cmd
}
