package code

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/qwen-agent/qwen-agent/interpreter"
)

// pythonMended is a program in place of one that came to nothing, as it calculates with texts, compares a value
// of a table with a number, while values are texts, or looks for it in the wrong column. Told so, small models leave it as it is, or mend it and have it wrong again in the next program.
func pythonMended(r interpreter.Result, source string, ask func(code string) string) (mended, why string) {
	switch {
	case r.Error != nil && r.Error.Type == "TypeError":
		return typesMended(r.Error.Message, source, ask)
	case !strings.Contains(source, "csv."):
		return "", ""
	case r.Error == nil && !nothing(r.Stdout+r.Value), r.Error != nil && r.Error.Type != "KeyError":
		return "", ""
	}
	var because []string
	looked := 0
	mended = comparedText.ReplaceAllStringFunc(source, func(comparison string) string {
		if looked++; looked > mostLooked {
			return comparison
		}
		m := comparedText.FindStringSubmatch(comparison)
		column := columnOf(m[3], m[2], source, ask)
		if column == "" {
			return comparison
		}
		other := fmt.Sprintf("%s['%s'] == '%s'", m[1], column, m[3])
		because = append(because, fmt.Sprintf("%s is in the column %s, so this ran with %s.", m[3], column, other))
		return other
	})
	if m := textAsNumber.FindString(mended); m != "" && (r.Error == nil || because != nil) {
		because = append(because, "The values of a row are texts, so this ran with "+numbersAsTexts(m)+".")
		mended = textAsNumber.ReplaceAllStringFunc(mended, numbersAsTexts)
	}
	if because == nil {
		return "", ""
	}
	return mended, strings.Join(because, "\n")
}

// comparedText finds a value of a row that is compared with a text.
var comparedText = regexp.MustCompile(`(\w+)\[["']([\w ]{1,100})["']\]\s*==\s*["']([^"'\\{}]{1,100})["']`)

const (
	mostLooked = 8   // comparisons whose column is looked for, each in all rows
	longColumn = 100 // bytes of the name of a column that is told of
)

// findValue prints the columns of some tables that have a value, unless the column of a name has it. Its arguments are
// the names of the tables as a list, the value, and the column.
const findValue = `import csv as _csv
_has = set()
for _f in %s:
    try:
        with open(_f, errors="replace") as _t:
            for _r, _ in zip(_csv.DictReader(_t), range(10000)):
                _has.update(_c for _c, _v in _r.items() if _v == %s)
    except OSError:
        pass
if %s not in _has:
    print(*_has, sep="\n")`

// columnOf returns the only column with a value, in the tables that a program opens, if it is another one than that where the
// program looks for it, and "" otherwise.
func columnOf(value, column, source string, ask func(code string) string) string {
	tables := []string{}
	for _, m := range quotedName.FindAllStringSubmatch(source, 4) {
		if table(m[1]) {
			tables = append(tables, m[1])
		}
	}
	var arguments [3]any
	for i, v := range []any{tables, value, column} {
		b, err := json.Marshal(v)
		if err != nil {
			return ""
		}
		arguments[i] = b
	}
	found := ask(fmt.Sprintf(findValue, arguments[:]...))
	if len(found) > longColumn || strings.ContainsAny(found, "\n'\\") {
		return ""
	}
	return found
}

// nothing says whether a program that printed this found nothing.
func nothing(output string) bool {
	switch strings.TrimSpace(output) {
	case "", "0", "0.0", "None", "[]", "{}", "set()", "nan":
		return true
	}
	return false
}

// numbersAsTexts puts the numbers that a value of a row is compared with between quotes. They are single ones, as are those of the
// value: a double one ends a thought that repeats them.
func numbersAsTexts(comparison string) string {
	m := textAsNumber.FindStringSubmatch(comparison)
	return strings.ReplaceAll(m[1], `"`, "'") + plainNumber.ReplaceAllString(m[2], "'$0'")
}

// textAsNumber finds a value of a row that is compared with a number, or with a list of them.
var (
	textAsNumber = regexp.MustCompile(`(\w+\[["']\w+["']\]\s*(?:==|!=|(?:not )?in)\s*)(\d+(?:\.\d+)?|[\[({]\s*\d[\d., ]*[\])}])`)
	plainNumber  = regexp.MustCompile(`\d+(?:\.\d+)?`)
)
