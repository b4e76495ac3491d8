package code

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/qwen-agent/qwen-agent/interpreter"
)

var (
	unknownName   = regexp.MustCompile(`^name '(\w+)' is not defined`)
	unknownModule = regexp.MustCompile(`^No module named '([\w.]+)'`)
	oneLine       = regexp.MustCompile(`;\s*(for|while|if|with|def|class|try)\b`)
)

// listVariables prints the variables of a session.
const listVariables = `print(", ".join(n for n, v in list(globals().items()) if n[:1] != "_" and type(v).__name__ not in ("module", "type", "function", "builtin_function_or_method")))`

// listFiles prints the names of the files that there are.
const listFiles = `import os as _os
print(", ".join(sorted(_os.path.relpath(_os.path.join(d, f), ".") for d, _, fs in _os.walk(".") for f in fs)[:40]))`

// quotedName is a text in a program that may be the name of a file.
var quotedName = regexp.MustCompile(`['"]([\w./-]+\.\w+)['"]`)

// beginnings shows the first lines of the files that a program reads, since an error about
// their content mostly comes from a guess at how they look.
func beginnings(source string, ask func(code string) string) string {
	var text []string
	for _, m := range quotedName.FindAllStringSubmatch(source, 2) {
		lines := ask(fmt.Sprintf("with open(%q, errors='replace') as _f: print(''.join(_f.readline(200) for _ in range(3)))", m[1]))
		if lines != "" {
			text = append(text, m[1]+" begins like this:\n"+lines)
		}
	}
	return strings.Join(text, "\n")
}

// pythonAdvice says what to do about an error.
func pythonAdvice(r interpreter.Result, source string, ask func(code string) string) string {
	e := r.Error
	switch e.Type {
	case "NameError":
		m := unknownName.FindStringSubmatch(e.Message)
		if m == nil {
			return ""
		}
		if module, ok := pythonModules[m[1]]; ok {
			return fmt.Sprintf("Write import %s first.", module)
		}
		advice := fmt.Sprintf("Give %s a value first, in the same code, with the numbers written in.", m[1])
		if names := ask(listVariables); names != "" {
			advice += " The variables are: " + head(names, 300) + "."
		}
		return advice
	case "UnboundLocalError":
		return "Give the variable a value before it is used, or pass it to the function."
	case "SyntaxError", "IndentationError", "TabError":
		if oneLine.MatchString(source) || strings.Count(source, "\n") == 0 && strings.Contains(source, ";") {
			return "Write each statement on a line of its own, with what is inside of for, if, with and def indented below it."
		}
		return "Write the code again, as plain Python and nothing else in the block."
	case "ModuleNotFoundError", "ImportError":
		if m := unknownModule.FindStringSubmatch(e.Message); m != nil {
			instead := "the standard library"
			switch m[1] {
			case "pandas":
				instead = "csv.DictReader and the standard library"
			case "numpy", "scipy":
				instead = "math, statistics and lists"
			}
			return fmt.Sprintf("%s is not installed, and cannot be. Use %s.", m[1], instead)
		}
	case "FileNotFoundError":
		if names := ask(listFiles); names != "" {
			return "The files are: " + head(names, 600) + "."
		}
		return "There are no files."
	case "KeyError", "IndexError":
		if begins := beginnings(source, ask); begins != "" {
			return begins
		}
		if e.Type == "KeyError" {
			return "There is no such key. Print the keys, or the first row, to see how they are written."
		}
	case "AttributeError":
		if strings.Contains(e.Message, "module 'datetime'") {
			return "datetime is the module here: write datetime.datetime or datetime.date."
		}
	case "ValueError", "TypeError":
		if strings.Contains(e.Message, "could not convert string") || strings.Contains(e.Message, "invalid literal for int") {
			if begins := beginnings(source, ask); begins != "" {
				return begins
			}
			return "That text is no number. Leave the header out, and take signs such as $ , % off with replace before the conversion."
		}
	case "OSError", "URLError", "ConnectionError", "gaierror", "PermissionError":
		if strings.Contains(source, "http") || strings.Contains(source, "socket") || strings.Contains(source, "requests") {
			return "There is no network here. Use the files and what you know."
		}
	}
	return ""
}
