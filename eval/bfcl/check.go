package bfcl

import (
	"fmt"
	"slices"

	"github.com/qwen-agent/qwen-agent/llm"
)

// Check says whether calls are the right ones, and if not, why. The rules are those of the
// leaderboard's AST checker: names and types must agree, each value must be one of the
// accepted ones, several calls may come in any order. Where its rules are odd, so are these.
func (it *Item) Check(calls []llm.Call) (ok bool, why string) {
	if len(calls) != len(it.Want) {
		return false, fmt.Sprintf("%d calls, wanted %d", len(calls), len(it.Want))
	}
	left := slices.Clone(calls)
	for _, w := range it.Want {
		found := slices.IndexFunc(left, func(c llm.Call) bool { return it.call(c, w) == "" })
		if found < 0 { // what is said is about a call of the function, if there is one
			same := slices.IndexFunc(left, func(c llm.Call) bool { return plain(c.Name) == w.Name })
			return false, it.call(left[max(same, 0)], w)
		}
		left = slices.Delete(left, found, found+1)
	}
	return true, ""
}

// call says why c is not the call w, or "".
func (it *Item) call(c llm.Call, w Want) string {
	if plain(c.Name) != w.Name {
		return fmt.Sprintf("function %s, wanted %s", c.Name, w.Name)
	}
	var args map[string]any
	if err := decode(c.Arguments, &args); err != nil {
		return fmt.Sprintf("arguments of %s: %v", c.Name, err)
	}
	f := it.types[w.Name]
	for _, r := range f.Required {
		if _, ok := args[r]; !ok {
			return fmt.Sprintf("%s lacks %s", c.Name, r)
		}
	}
	for name, v := range args {
		s, known := f.Properties[name]
		accepted, keyed := w.Values[name]
		if !known || !keyed {
			return fmt.Sprintf("%s has no parameter %s", c.Name, name)
		}
		if wrong := value(v, s, accepted); wrong != "" {
			return fmt.Sprintf("%s of %s is %s", name, c.Name, wrong)
		}
	}
	for name, accepted := range w.Values {
		if _, ok := args[name]; !ok && !slices.Contains(accepted, any("")) {
			return fmt.Sprintf("%s lacks %s", c.Name, name)
		}
	}
	return ""
}
