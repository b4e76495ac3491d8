package code

import (
	"fmt"

	"github.com/qwen-agent/qwen-agent/interpreter"
)

// dialect is what the tool knows of a language besides how it is run. The zero value knows
// nothing and works.
type dialect struct {
	describe string // to the model, in a sentence or two

	ready   func(source string) string                                       // code to run first, so that common modules are there; "" for none
	last    func(source string) string                                       // what the last line assigned to; "" if nothing
	shown   func(output, source string, ask func(code string) string) string // what to add to a result
	explain func(r interpreter.Result, source string, ask func(code string) string) string

	// mend returns a program to run in place of one that came to nothing, and why; "" is none.
	mend func(r interpreter.Result, source string, ask func(code string) string) (mended, why string)
}

// dialects has the languages by the names of their tools.
var dialects = map[string]dialect{
	"python": {ready: pythonReady, last: pythonAssigned, mend: pythonMended, shown: pythonShown, explain: pythonAdvice},
	"go":     {describe: goDescription, explain: goAdvice},
}

func (d dialect) description(name string) string {
	if d.describe == "" {
		return fmt.Sprintf("Runs %s code in the workspace and returns what it prints.", name)
	}
	return d.describe
}

func (d dialect) prepare(source string) string {
	if d.ready == nil {
		return ""
	}
	return d.ready(source)
}

func (d dialect) assigned(source string) string {
	if d.last == nil {
		return ""
	}
	return d.last(source)
}

// instead returns the program to run in place of one, by what came of that, and why; "" is none. One that has left a file
// does not run twice.
func (d dialect) instead(r interpreter.Result, source string, ask func(code string) string) (mended, why string) {
	if d.mend == nil || r.Ended || len(r.Files) > 0 {
		return "", ""
	}
	return d.mend(r, source, ask)
}

// replaced begins advice that is told in place of the error, not after it.
const replaced = "\x00"

// advise says in a line what to do about an error, or nothing. ask runs code in the session
// and returns what it prints.
func (d dialect) advise(r interpreter.Result, source string, ask func(code string) string) string {
	if text := common(r); text != "" || d.explain == nil {
		return text
	}
	return d.explain(r, source, ask)
}

// common is advice about what ends a program in every language.
func common(r interpreter.Result) string {
	switch r.Stopped {
	case interpreter.WallTime, interpreter.CPUTime:
		return "Write a faster way, or do less at once."
	case interpreter.Memory:
		return "Use less memory: read files line by line and keep only what is needed."
	}
	return ""
}
