package code

import (
	"fmt"
	"regexp"
	"strings"
)

// typesMended is a program that calculates with texts: with the values of a row, or with dates.
func typesMended(message, source string, ask func(code string) string) (mended, why string) {
	switch {
	case !textOperand.MatchString(message):
		return "", ""
	case dateDifference.MatchString(message) && dateText.MatchString(source):
		ask("import datetime as _datetime")
		text := dateText.FindString(source)
		return dateText.ReplaceAllString(source, "_datetime.date.fromisoformat($0)"),
			fmt.Sprintf("%s is a text, so this ran with datetime.date.fromisoformat(%s).", text, text)
	case strings.Contains(source, dictReader):
		ask(numberRows)
		return strings.ReplaceAll(source, dictReader, "_Rows("), "The values of a row are texts, so this ran with those that are numbers as numbers."
	}
	return "", ""
}

var (
	textOperand = regexp.MustCompile(`^can't multiply sequence by|^unsupported operand type\(s\) for .*'str'|not supported between instances of .*'str'|^can only concatenate str`)

	dateDifference = regexp.MustCompile(`for -: 'str' and 'str'`)
	dateText       = regexp.MustCompile(`["']\d{4}-\d\d-\d\d["']`)
)

const dictReader = "csv.DictReader("

// numberRows are rows whose numbers can be calculated with, and still are the texts that they were where they are compared
// or used as ones.
const numberRows = `import csv as _csv
class _Number(float):
    def __new__(cls, text):
        n = float.__new__(cls, text)
        n.text = text
        return n
    def __eq__(self, other):
        return self.text == other if isinstance(other, str) else float.__eq__(self, other)
    def __hash__(self):
        return hash(self.text)
    def __str__(self):
        return self.text
    __repr__ = __str__
    def __getattr__(self, name):
        return getattr(self.text, name)
class _Rows(_csv.DictReader):
    def __next__(self):
        row = super().__next__()
        for k, v in row.items():
            try:
                row[k] = _Number(v)
            except (TypeError, ValueError):
                pass
        return row
`
