package code

import (
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/qwen-agent/qwen-agent/internal/cut"
	"github.com/qwen-agent/qwen-agent/internal/suggest"
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

// instead is the whole error about a module that is not there: what to write in its place. The
// small models follow an example, and not a name; told that a module is not installed, they
// try to install it.
func instead(module, source string, ask func(code string) string) string {
	switch module {
	case "pandas":
		name := "table.csv"
		if m := quotedName.FindStringSubmatch(source); m != nil {
			name = m[1]
		}
		text := fmt.Sprintf("Write it with the csv module in place of pandas, like this:\n"+
			"import csv\nrows = list(csv.DictReader(open('%s')))\nprint(sum(float(row['price']) for row in rows))", name)
		if begins := beginnings(source, ask); begins != "" {
			text += "\n" + begins
		}
		return text
	case "numpy", "scipy":
		return "Write it with math, statistics and lists in place of " + module + "."
	case "matplotlib", "matplotlib.pyplot":
		return "This code cannot draw charts. Use another tool for it, or give the numbers."
	}
	return "There is no module " + module + " here. Write it with the standard library."
}

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

// missingFile finds the name in the error about a file that is not there.
var missingFile = regexp.MustCompile(`: '([^']+)'$`)

// otherFile says which files there are, and which one was meant.
func otherFile(message string, ask func(code string) string) string {
	names := strings.Split(ask(listFiles), ", ")
	if names[0] == "" {
		return "There are no files."
	}
	meant := ""
	if m := missingFile.FindStringSubmatch(message); m != nil {
		name, kind := m[1], path.Ext(m[1])
		names = suggest.Sort(name, names)
		stem, near := strings.TrimSuffix(name, kind), strings.TrimSuffix(names[0], kind)
		if path.Ext(names[0]) == kind && suggest.Name(stem, []string{near}) != "" && !suggest.OtherNumber(name, names[0]) {
			meant = fmt.Sprintf("There is %s, so write open('%s'). ", names[0], names[0])
		}
	}
	return meant + "The files are: " + cut.Head(strings.Join(names, ", "), 600) + "."
}

// findColumn prints the first table that has a column and that a program does not open, and the first column that it
// shares with those that it opens, if each of its rows has another value there. Its arguments are the names of these
// as a list, and the column.
const findColumn = `import os as _os, csv as _csv
_heads = {}
for _d, _, _fs in _os.walk("."):
    for _f in sorted(_fs)[:100]:
        if _f.endswith(".csv"):
            with open(_os.path.join(_d, _f), errors="replace") as _t:
                _heads[_os.path.relpath(_os.path.join(_d, _f), ".")] = next(_csv.reader([_t.readline(4000)]), [])
_open = %s
_own = [_c for _f in _open for _c in _heads.get(_f, [])]
_has = [_f for _f in sorted(_heads) if %q in _heads[_f] and _f not in _open]
if _has:
    with open(_has[0], errors="replace") as _t:
        _rows = list(zip(_csv.DictReader(_t), range(10000)))
    _by = [_c for _c in _heads[_has[0]] if _c in _own and len({_r[_c] for _r, _ in _rows}) == len(_rows)]
    print(_has[0], *_by[:1], sep="\n")`

// table says whether a file has columns, by its name.
func table(file string) bool {
	return strings.HasSuffix(file, ".csv") || strings.HasSuffix(file, ".tsv")
}

// identifier is a name that a variable can have.
var identifier = regexp.MustCompile(`^[A-Za-z_]\w*$`)

// column says where to take a column from that a program looks for in the wrong table, or how to read what is no table.
func column(name, source string, ask func(code string) string) string {
	var opened []string
	for _, m := range quotedName.FindAllStringSubmatch(source, 4) {
		opened = append(opened, m[1])
	}
	if len(opened) == 0 {
		return ""
	}
	if file := opened[0]; strings.Contains(source, "DictReader") && !table(file) {
		return fmt.Sprintf("%s is no table with columns. Go through its lines, like this:\nfor line in open('%s'):\n    words = line.split()", file, file)
	}
	list, err := json.Marshal(opened)
	if err != nil {
		return ""
	}
	other, by, found := strings.Cut(strings.TrimSpace(ask(fmt.Sprintf(findColumn, list, name))), "\n")
	switch {
	case other == "":
		return ""
	case !found:
		return fmt.Sprintf("%s is a column of %s.", name, other)
	}
	variable := name
	if !identifier.MatchString(name) {
		variable = "column"
	}
	return fmt.Sprintf("%s is a column of %s. Take it from there by %s, like this:\nimport csv\n%s = {r[%q]: r[%q] for r in csv.DictReader(open(%q))}\n"+
		"and for each row of %s it is %s[row[%q]].", name, other, by, variable, by, name, other, opened[0], variable, by)
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
		if m[1] == "read_file" || m[1] == "write_file" || m[1] == "list_files" || m[1] == "calc" {
			return m[1] + " is a tool and no function of Python. Write open(\"name\").read() to read a file."
		}
		if module, ok := pythonModules[m[1]]; ok { // else it would have been there
			return replaced + instead(module, source, ask)
		}
		advice := fmt.Sprintf("Give %s a value first, in the same code, with the numbers written in.", m[1])
		if names := ask(listVariables); names != "" {
			advice += " The variables are: " + cut.Head(names, 300) + "."
		}
		return advice
	case "UnboundLocalError":
		return "Give the variable a value before it is used, or pass it to the function."
	case "SyntaxError", "IndentationError", "TabError":
		if oneLine.MatchString(source) || strings.Count(source, "\n") == 0 && strings.Contains(source, ";") {
			return "Write each statement on a line of its own, with what is inside of for, if, with and def indented below it."
		}
		if strings.Contains(source, "pip install") {
			return replaced + "Nothing can be installed. Write the code with the standard library: csv, json, math, statistics."
		}
		return "Write the code again, as plain Python and nothing else in the block."
	case "ModuleNotFoundError", "ImportError":
		if m := unknownModule.FindStringSubmatch(e.Message); m != nil {
			return replaced + instead(m[1], source, ask)
		}
	case "FileNotFoundError":
		return otherFile(e.Message, ask)
	case "KeyError", "IndexError":
		where := ""
		if e.Type == "KeyError" {
			where = column(strings.Trim(e.Message, `'"`), source, ask)
		}
		if begins := beginnings(source, ask); begins != "" {
			return strings.TrimSpace(where+"\n"+begins) + texts(source)
		}
		if e.Type == "KeyError" {
			return "There is no such key. Print the keys, or the first row, to see how they are written."
		}
	case "AttributeError":
		if strings.Contains(e.Message, "module 'datetime'") {
			return "datetime is the module here: write datetime.datetime or datetime.date."
		}
		if strings.HasPrefix(e.Message, "'NoneType' object has no attribute 'group") { // of a pattern that was not found
			if begins := beginnings(source, ask); begins != "" {
				return "The pattern is not in the text. Write the numbers from it into the code.\n" + begins
			}
			return "The pattern is not in the text. Write the numbers from it into the code."
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

// pythonShown is what is added to the result of a program that found nothing: the first lines
// of the files that it reads, since it then mostly looked for columns or words that are not there.
func pythonShown(output, source string, ask func(code string) string) string {
	if !nothing(output) {
		return ""
	}
	begins := beginnings(source, ask)
	if begins == "" {
		return ""
	}
	return begins + texts(source)
}

// texts says that a program compares texts with numbers, if it does.
func texts(source string) string {
	m := textAsNumber.FindStringSubmatch(source)
	if m == nil || !strings.Contains(source, "csv.") {
		return ""
	}
	return "\nThe values of a row are texts: write " + numbersAsTexts(m[0])
}
