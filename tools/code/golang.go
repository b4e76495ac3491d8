package code

import (
	"maps"
	"slices"
	"strings"

	"github.com/qwen-agent/qwen-agent/interpreter"
)

// goDescription was measured with small models, see docs/planner.md.
const goDescription = "Runs Go code in the workspace and returns what it prints. Print with fmt.Println."

// goAdvice says what to do about an error.
func goAdvice(r interpreter.Result, _ string, _ func(string) string) string {
	m := r.Error.Message
	switch {
	case strings.Contains(m, "undefined:"):
		return "Declare it in this code, before it is used."
	case strings.Contains(m, "no such file"):
		return "Open files by their names alone, as they are called in the workspace."
	}
	return ""
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
