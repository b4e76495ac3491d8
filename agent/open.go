package agent

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/tools"
)

// kit is what a task works with: its workspace, opened, and its tools.
type kit struct {
	root  *os.Root // nil if the task has no workspace
	tools []tools.Tool
	specs []llm.Tool
}

func (k *kit) close() error {
	if k.root == nil {
		return nil
	}
	return k.root.Close()
}

// open opens the workspace and the tools, and holds the permissions against the tools. An
// error of what the file says is a *FileError with its place.
func (t *Task) open(o Options) (_ *kit, err error) {
	k := &kit{}
	defer func() {
		if err != nil {
			err = errors.Join(err, k.close())
		}
	}()
	var problems []Problem
	at := func(p position, err error) {
		problems = append(problems, Problem{p.line, p.column, err.Error()})
	}
	if o.Workspace != "" {
		if k.root, err = openFolder(o.Workspace); err != nil {
			return nil, err
		}
	} else if k.root, err = t.openWorkspace(); err != nil {
		at(t.workspaceAt, err)
	}
	registry := o.Tools
	if registry == nil {
		registry = Builtin()
	}
	known := registry.Names()
	givenBy := map[string]string{}
	for _, tool := range t.Tools {
		if !slices.Contains(known, tool.Name) {
			at(tool.at, fmt.Errorf("there is no tool %s%s", quote(tool.Name), didYouMean(tool.Name, known)))
			continue
		}
		if k.root == nil && t.Workspace != "" {
			continue // what it would say follows from what was already said
		}
		opened, err := registry.Open(tool.Name, tool.Settings, tools.Env{Workspace: k.root})
		if err != nil {
			at(tool.at, err)
			continue
		}
		for _, one := range opened {
			spec := one.Spec()
			if other, twice := givenBy[spec.Name]; twice {
				at(tool.at, fmt.Errorf("%s and %s both have a tool called %s", other, tool.Name, spec.Name))
				continue
			}
			givenBy[spec.Name] = tool.Name
			k.tools, k.specs = append(k.tools, one), append(k.specs, spec)
		}
	}
	if len(problems) == 0 { // else a rule may well be about a tool that could not be opened
		for _, list := range [][]Rule{t.Permissions.Allow, t.Permissions.Ask, t.Permissions.Deny} {
			for _, r := range list {
				if err := r.applies(k.specs); err != nil {
					at(r.at, err)
				}
			}
		}
	}
	return k, newFileError(t.file, problems)
}

// applies reports why a rule could never match a call of these tools: a misspelt rule
// that denies would otherwise protect nothing.
func (r *Rule) applies(specs []llm.Tool) error {
	names := make([]string, len(specs))
	var arguments []string
	found := false
	for i, s := range specs {
		names[i] = s.Name
		if !match(r.Tool, s.Name) {
			continue
		}
		found = true
		var parameters struct{ Properties map[string]json.RawMessage }
		if json.Unmarshal(s.Parameters, &parameters) == nil {
			arguments = append(arguments, sortedKeys(parameters.Properties)...)
		}
	}
	switch {
	case !found && strings.ContainsAny(r.Tool, "*?"):
		return nil // it may be meant for tools that are added one day
	case !found:
		return fmt.Errorf("rule %s: the task has no tool %s%s", quote(r.String()), quote(r.Tool), didYouMean(r.Tool, names))
	case r.Argument != "" && !slices.Contains(arguments, r.Argument):
		return fmt.Errorf("rule %s: %s has no argument %s%s", quote(r.String()), r.Tool, quote(r.Argument), didYouMean(r.Argument, arguments))
	}
	return nil
}

// Check reports everything that is wrong with a task before it is run: a tool that is not
// registered or refuses its settings, a workspace that is not there, a rule that matches
// nothing. It returns the tools that the model would be told of.
func (t *Task) Check(o Options) ([]llm.Tool, error) {
	k, err := t.open(o)
	if err != nil {
		return nil, err
	}
	return k.specs, k.close()
}
