package grammar

import (
	"fmt"

	"github.com/qwen-agent/qwen-agent/llm"
)

// CallsSpec says how calls are written, each way with texts of its own around them.
type CallsSpec struct {
	Ways   []CallWay
	Begun  bool // the Open of the only way is there already
	Most   int  // calls in one answer; 0 is 32
	Limits Limits
}

// CallWay is one way of writing calls: Open CALL, then any number of times Next CALL, and End.
// A way without Next has one call.
type CallWay struct {
	Open, Next, End string
	Calls           []CallText
}

// CallText is how one tool is called: Name Separator ARGUMENTS Close.
type CallText struct {
	Tool                   llm.Tool
	Name, Separator, Close string
}

const mostCalls = 32

// Calls returns the grammar of calls: one or more, all written one way. ARGUMENTS are those of
// the tool's schema, which is read as Schema reads it; of a tool without parameters they are {}.
func Calls(s CallsSpec) (*Grammar, error) {
	c, err := newCompiler(s.Limits)
	if err != nil {
		return nil, err
	}
	if s.Most == 0 {
		s.Most = mostCalls
	}
	if s.Begun && len(s.Ways) != 1 {
		return nil, fmt.Errorf("grammar: calls: %d ways, want the one that has begun", len(s.Ways))
	}
	arguments := map[string]*rule{} // by the tool's name: every way has the same
	var all alt
	for _, w := range s.Ways {
		var one alt
		seen := map[string]bool{}
		for _, t := range w.Calls {
			name := t.Tool.Name
			if name == "" || seen[name] {
				return nil, fmt.Errorf("grammar: calls: %q is the name of no tool, or of two", name)
			}
			seen[name] = true
			r := arguments[name]
			if r == nil {
				e, _, err := c.arguments(t.Tool, "")
				if err != nil {
					return nil, fmt.Errorf("grammar: calls: tool %q: %w", name, err)
				}
				r = &rule{"arguments of " + name, e}
				arguments[name] = r
			}
			one = append(one, seq{lit(t.Name), lit(t.Separator), call{r}, lit(t.Close)})
		}
		single := &rule{"call", one}
		way := seq{call{single}}
		if !s.Begun {
			way = seq{lit(w.Open), call{single}}
		}
		if w.Next != "" && s.Most > 1 {
			way = append(way, repeat{&rule{"further call", seq{lit(w.Next), call{single}}}, 0, s.Most - 1})
		}
		all = append(all, append(way, lit(w.End)))
	}
	g, err := newGrammar(all)
	if err != nil {
		return nil, fmt.Errorf("grammar: calls: %w", err)
	}
	return g, nil
}
