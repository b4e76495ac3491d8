package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/qwen-agent/qwen-agent/agent"
	"github.com/qwen-agent/qwen-agent/llm"
)

func newTaskCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "task",
		Short: "Check task files, and print their schema",
		Example: `  qwen-agent task check task.yaml
  qwen-agent task schema > task.schema.json`,
		Args:                       oneCommand,
		SuggestionsMinimumDistance: 2,
		RunE:                       func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newTaskCheckCmd(), newTaskSchemaCmd())
	return cmd
}

func newTaskSchemaCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of task files",
		Long: `Schema prints the JSON Schema of task files. An editor that knows it completes the keys
and marks what is wrong.`,
		Example: `  qwen-agent task schema > task.schema.json
  # and as the first line of a task, for editors with the YAML language server:
  # yaml-language-server: $schema=task.schema.json`,
		Args: usageArgs(cobra.NoArgs, "none"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := cmd.OutOrStdout().Write(agent.Schema())
			return err
		},
	}
}

func newTaskCheckCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "check FILE...",
		Short: "Report everything that is wrong with task files",
		Long: `Check reads task files as run does, opens their workspaces and tools, and reports
everything that is wrong, one line each: file:line:column: message. It opens no model.

Exit codes: 0 all files are right, 2 one is not.`,
		Example: `  qwen-agent task check task.yaml
  qwen-agent task check examples/*/task.yaml`,
		Args: usageArgs(cobra.MinimumNArgs(1), "task files"),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
		},
		RunE: func(cmd *cobra.Command, files []string) error {
			bad := 0
			for _, file := range files {
				found, err := checkTask(file)
				if err != nil {
					bad++
					_, message := exitCode(err)
					cmd.PrintErrln(message)
					continue
				}
				if _, err := fmt.Fprintf(cmd.OutOrStdout(), "%s: ok%s\n", file, found); err != nil {
					return err
				}
			}
			if bad > 0 {
				return &exitError{code: exitUsage}
			}
			return nil
		},
	}
}

// checkTask reports what is wrong with one file, or what is in it.
func checkTask(file string) (found string, err error) {
	t, err := agent.Load(file)
	if err != nil {
		return "", err
	}
	specs, err := t.Check(agent.Options{})
	if err != nil {
		return "", err
	}
	return summary(t, specs), nil
}

// summary says what a task has, such as ": sums, 2 inputs (file, year), 1 tool (calc)".
func summary(t *agent.Task, specs []llm.Tool) string {
	var parts []string
	if t.Name != "" {
		parts = append(parts, t.Name)
	}
	list := func(word string, names []string) {
		if len(names) > 0 {
			parts = append(parts, fmt.Sprintf("%s (%s)", count(len(names), word), strings.Join(names, ", ")))
		}
	}
	inputs := make([]string, len(t.Inputs))
	for i, in := range t.Inputs {
		inputs[i] = in.Name
	}
	tools := make([]string, len(specs))
	for i, s := range specs {
		tools[i] = s.Name
	}
	list("input", inputs)
	list("tool", tools)
	if len(parts) == 0 {
		return ""
	}
	return ": " + strings.Join(parts, ", ")
}
