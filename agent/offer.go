package agent

import (
	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/tools"
)

// offer tells the model only of tools of which a call can be allowed. A small model calls
// what it is told of, and one that refuses every call costs it the steps it has. The names
// of the others are returned.
func (a *Agent) offer() (withheld []string) {
	all := a.kit.tools
	a.kit.tools, a.kit.specs = nil, nil
	for _, t := range all {
		spec := t.Spec()
		if !a.possible(t, spec.Name) {
			withheld = append(withheld, spec.Name)
			continue
		}
		a.kit.tools, a.kit.specs = append(a.kit.tools, t), append(a.kit.specs, spec)
	}
	return withheld
}

// possible reports whether some call of a tool would be allowed. A rule about an argument
// may go either way, one about every call decides.
func (a *Agent) possible(t tools.Tool, name string) bool {
	about := func(rules []Rule, narrow bool) bool {
		for _, r := range rules {
			if match(r.Tool, name) && (narrow || r.Argument == "") {
				return true
			}
		}
		return false
	}
	p := &a.task.Permissions
	switch {
	case about(p.Deny, false):
		return false
	case about(p.Allow, true) || a.options.Ask != nil:
		return true
	}
	return !about(p.Ask, false) && harmless(t)
}

// readsOnly reports whether a tool says of itself that it changes nothing. One that says
// nothing may change anything.
func readsOnly(t tools.Tool) bool {
	c, says := t.(tools.Changer)
	return says && !c.Changes()
}

// harmless reports whether a tool may run without a question where no rule says more: it
// changes nothing, or nothing outside of a sandbox but files that it made.
func harmless(t tools.Tool) bool {
	c, says := t.(tools.Container)
	return readsOnly(t) || says && c.Contained()
}

// Withheld returns the names of the tools that the model is not told of, because every call
// of theirs would be refused: the task denies it, or it has to be asked about and Options.Ask
// is nil.
func (a *Agent) Withheld() []string { return a.withheld }

// Tools returns what the model is told of the tools.
func (a *Agent) Tools() []llm.Tool { return a.kit.specs }
