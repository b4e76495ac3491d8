package agent

import (
	"cmp"
	"context"
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
	root    *os.Root     // nil if the task has no workspace
	grammar *llm.Grammar // of the answer; nil if it has none
	tools   []tools.Tool
	specs   []llm.Tool
}

func (k *kit) close() error {
	err := k.stop()
	if k.root != nil {
		err = errors.Join(err, k.root.Close())
	}
	return err
}

// start makes the tools ready that the model is told of; if one cannot be, those before it
// are stopped again.
func (k *kit) start(ctx context.Context) error {
	for _, t := range k.tools {
		if s, ok := t.(tools.Starter); ok {
			if err := s.Start(ctx); err != nil {
				return errors.Join(fmt.Errorf("start the tool %s: %w", t.Spec().Name, err), k.stop())
			}
		}
	}
	return nil
}

// stop ends what start and calls have begun.
func (k *kit) stop() (err error) {
	for _, t := range k.tools {
		if s, ok := t.(tools.Starter); ok {
			err = errors.Join(err, s.Close())
		}
	}
	return err
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
	if k.grammar, err = t.form(); err != nil {
		at(t.grammarAt, err)
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
		opened, err := registry.Open(tool.Name, tool.Settings, t.env(k.root, o))
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

// env is what the tools share.
func (t *Task) env(root *os.Root, o Options) tools.Env {
	i := t.Interpreter
	return tools.Env{Workspace: root, Notice: o.Notice, Interpreter: tools.Interpreter{
		Level: o.Sandbox, Timeout: i.Timeout, Memory: i.Memory, Python: cmp.Or(o.Python, i.Python), Go: i.Go, Overwrite: i.Overwrite,
	}}
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
