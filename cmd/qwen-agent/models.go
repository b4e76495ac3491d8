package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/qwen-agent/qwen-agent/llm/gguf"
	"github.com/qwen-agent/qwen-agent/llm/hub"
)

func newModelsCmd() *cobra.Command {
	var path string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "models",
		Short: "List the models that have a name, and those that are here",
		Long: `Models lists the models that have a name and those that were fetched by URL, with their size,
quantisation, licence and file. The one marked with * is used where none is named.`,
		Example: "  qwen-agent models\n  qwen-agent models --path " + hub.Default,
		Args:    usageArgs(cobra.NoArgs, "none"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			h, done, err := newHub(cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			defer done()
			if path != "" {
				file, err := h.Path(path)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintln(cmd.OutOrStdout(), file)
				return err
			}
			rows, err := modelRows(h)
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), rows)
			}
			return writeModels(cmd.OutOrStdout(), rows)
		},
	}
	cmd.Flags().StringVar(&path, "path", "", "print only the path of the file of the model `NAME`")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the list as JSON")
	cmd.MarkFlagsMutuallyExclusive("path", "json")
	return cmd
}

// resolveModel returns the file of a model, which it fetches if it is not here. name is
// anything that hub.Pull takes, or "" for the default; progress is where a fetch tells
// how far it is.
func resolveModel(ctx context.Context, name string, progress io.Writer) (path string, err error) {
	h, done, err := newHub(progress)
	if err != nil {
		return "", err
	}
	defer done()
	if name == "" {
		name = hub.Default
	}
	return h.Pull(ctx, name)
}

// modelRow is one line of the list.
type modelRow struct {
	Name         string `json:"name"`
	Default      bool   `json:"default"`
	Size         int64  `json:"size"`
	Quantisation string `json:"quantisation"`
	License      string `json:"license"`
	Path         string `json:"path"`
	Source       string `json:"source"`
	SHA256       string `json:"sha256"`
	Checked      bool   `json:"checked"`
	Partial      int64  `json:"partial"`
}

func modelRows(h *hub.Hub) ([]modelRow, error) {
	entries, err := h.List()
	if err != nil {
		return nil, fmt.Errorf("list the models: %w", err)
	}
	rows := make([]modelRow, len(entries))
	for i, e := range entries {
		rows[i] = modelRow{e.Name, e.Name == hub.Default, e.Size, e.Quantisation, e.License, e.Path, e.Source, e.SHA256, e.Checked, e.Partial}
		if e.Path != "" && e.Quantisation == "" { // the file tells what the catalogue does not
			if f, err := gguf.Open(e.Path); err == nil {
				s := f.Summary()
				rows[i].Quantisation, rows[i].License = s.FileType, s.License
				_ = f.Close() // nothing was written
			}
		}
	}
	return rows, nil
}

func writeModels(w io.Writer, rows []modelRow) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "\tNAME\tSIZE\tQUANTISATION\tLICENCE\tFILE")
	for _, r := range rows {
		mark, where := "", r.Path
		if r.Default {
			mark = "*"
		}
		switch {
		case where == "" && r.Partial > 0:
			where = fmt.Sprintf("not here; %s of it are", hub.Bytes(r.Partial))
		case where == "":
			where = "not here"
		case !r.Checked:
			where += " (sha256 not checked)"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", mark, printable(r.Name), hub.Bytes(r.Size), orDash(r.Quantisation), orDash(r.License), printable(where))
	}
	return table.Flush()
}

// orDash returns what a cell of a table shows.
func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return printable(s)
}
