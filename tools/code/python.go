package code

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/qwen-agent/qwen-agent/interpreter/python"
)

// Descriptions of python, tried with small models, see docs/planner.md. Without pandas they are
// not told that it is missing, which only has them try to install it, but what there is.
const (
	pythonDescription = "Runs Python code in the workspace and returns what it prints."
	pythonPlain       = "Runs Python code with the standard library, such as csv, datetime and math, in the workspace and returns what it prints."
)

// describePython is the description for a Python of this machine, as far as it can be found.
// That it cannot be is told when the session starts.
func describePython(l python.Language) string {
	found, err := python.Find(context.Background(), l.Executable)
	if err == nil && !installed(found.Path, "pandas") {
		return pythonPlain
	}
	return pythonDescription
}

// installed says whether a module lies in one of the folders that are searched for it.
func installed(folders []string, module string) bool {
	return slices.ContainsFunc(folders, func(dir string) bool {
		_, err := os.Stat(filepath.Join(dir, module))
		return err == nil
	})
}

// pythonModules are the modules that a program may use without importing them, by the names
// that they are used under.
var pythonModules = map[string]string{
	"np": "numpy", "pd": "pandas", "plt": "matplotlib.pyplot",
}

// pythonNames are what programs take from modules and forget to import.
var pythonNames = map[string][]string{
	"collections": {"Counter", "defaultdict", "deque", "namedtuple", "OrderedDict"},
	"math":        {"sqrt", "ceil", "floor", "factorial", "gcd", "log", "log10", "sin", "cos", "tan", "isqrt", "comb", "prod"},
	"statistics":  {"mean", "median", "mode", "stdev", "pstdev", "variance", "pvariance"},
	"datetime":    {"date", "timedelta"},
	"itertools":   {"permutations", "combinations", "product", "accumulate", "groupby"},
	"functools":   {"reduce", "lru_cache"},
	"decimal":     {"Decimal"},
	"fractions":   {"Fraction"},
	"pathlib":     {"Path"},
}

func init() {
	for _, m := range []string{
		"math", "json", "re", "csv", "statistics", "datetime", "collections", "itertools", "functools", "random", "string",
		"os", "sys", "io", "time", "calendar", "decimal", "fractions", "pathlib", "textwrap", "operator", "heapq", "bisect",
		"hashlib", "base64", "glob", "numpy", "pandas", "sqlite3", "unicodedata", "difflib",
	} {
		pythonModules[m] = m
	}
}

var (
	dotted    = regexp.MustCompile(`(?:^|[^\w.])([a-z]\w*)\.\w`)
	called    = regexp.MustCompile(`(?:^|[^\w.])([A-Za-z]\w*)\(`)
	isImport  = regexp.MustCompile(`^\s*(import|from)\s`)
	dateClass = regexp.MustCompile(`(?:^|[^\w.])datetime(\.(now|today|strptime|fromisoformat|utcnow|combine)\b|\()`)
)

// pythonReady imports what a program uses as if it were there. A name that the session has
// already is left as it is, and so is a module that cannot be had.
func pythonReady(source string) string {
	names := map[string]string{}                       // name: module, or module:attribute
	for line := range strings.SplitSeq(source, "\n") { // its own imports come later and win
		if isImport.MatchString(line) {
			continue
		}
		for _, m := range dotted.FindAllStringSubmatch(line, -1) {
			if module, ok := pythonModules[m[1]]; ok {
				names[m[1]] = module
			}
		}
		for _, m := range called.FindAllStringSubmatch(line, -1) {
			for module, attributes := range pythonNames {
				if slices.Contains(attributes, m[1]) && !strings.Contains(source, "def "+m[1]+"(") {
					names[m[1]] = module + ":" + m[1]
				}
			}
		}
		if dateClass.MatchString(line) {
			names["datetime"] = "datetime:datetime"
		}
	}
	if len(names) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("def _ready(wanted):\n" +
		"    import importlib\n" +
		"    for name, path in wanted:\n" +
		"        if name not in globals():\n" +
		"            module, _, attribute = path.partition(':')\n" +
		"            try:\n" +
		"                found = importlib.import_module(module)\n" +
		"                globals()[name] = getattr(found, attribute) if attribute else found\n" +
		"            except Exception:\n" +
		"                pass\n" +
		"_ready([")
	for _, name := range sortedKeys(names) {
		fmt.Fprintf(&b, "(%q, %q), ", name, names[name])
	}
	b.WriteString("])\ndel _ready")
	return b.String()
}

var assignment = regexp.MustCompile(`^([A-Za-z_]\w*)\s*(?::[^=]+)?(?:[-+*/%|&^]|\*\*|//)?=[^=]`)

// pythonAssigned returns the name that the last statement gives a value to.
func pythonAssigned(source string) string {
	lines := strings.Split(source, "\n")
	for _, line := range slices.Backward(lines) {
		trimmed := strings.TrimSpace(line)
		if trimmed == "" || strings.HasPrefix(trimmed, "#") {
			continue
		}
		if line[0] == ' ' || line[0] == '\t' || strings.ContainsRune(")]}", rune(line[0])) {
			continue // inside of a statement that begins above
		}
		last := line[strings.LastIndex(line, "; ")+1:]
		if m := assignment.FindStringSubmatch(strings.TrimSpace(last)); m != nil {
			return m[1]
		}
		return ""
	}
	return ""
}
