package main

import (
	"errors"
	"io/fs"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/qwen-agent/qwen-agent/eval/plugin"
)

func newEvalReactCmd() *cobra.Command {
	var f evalFlags
	cmd := &cobra.Command{
		Use:   "react --model MODEL --data DIR",
		Short: "Ask which tool is right, and whether one is needed",
		Long: `Asks questions with tools and counts, as Qwen's tool-use table does: where a call is right (positive), how
often the first call is of the right tool, and by Rouge-L how alike its arguments are; and
where none is (negative), how often there is none. What is missing there are the false positives.

The questions are those of Qwen's plugin examination if DIR/react has its two files, which end in positive.jsonl
and negative.jsonl, else the first turns of DIR/tooltune/glaive_en.json. --limit is for each half.`,
		Example: `  qwen-agent eval react --model qwen2.5-coder-1.5b --data data --limit 40`,
		Args:    usageArgs(cobra.NoArgs, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.check(chatFormats); err != nil {
				return err
			}
			b := benchmark{name: "react"}
			list, files, err := plugin.Load(filepath.Join(f.data, "react"))
			if errors.Is(err, fs.ErrNotExist) {
				files = []string{filepath.Join(f.data, "tooltune", "glaive_en.json")}
				list, err = plugin.LoadDialogues(files[0])
				if f.format == "" {
					f.format = "react"
				}
			}
			if err != nil {
				return f.dataError(err, "react or tooltune")
			}
			b.options = map[string]string{"questions": filepath.Base(files[0])}
			b.data = files
			var halves [2][]plugin.Question
			for _, q := range list {
				if q.Group() == "positive" {
					halves[0] = append(halves[0], q)
				} else {
					halves[1] = append(halves[1], q)
				}
			}
			for _, half := range halves {
				b.cases = append(b.cases, plugin.Cases(limited(&f, half), f.chat())...)
			}
			return f.run(cmd, b)
		},
	}
	f.add(cmd, chatFormats)
	return cmd
}
