package agent

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var inputTask = &Task{
	Prompt: "{{.file}} {{.n}}",
	Inputs: []Input{
		{Name: "file", Type: "string", Description: "the one to read", Required: true},
		{Name: "unit", Type: "string", Enum: []any{"m", "ft"}, Default: "m"},
		{Name: "n", Type: "integer"},
		{Name: "rate", Type: "number", Enum: []any{0.5, 1.0}, Default: 0.5},
		{Name: "strict", Type: "boolean"},
	},
}

func TestParseInputs(t *testing.T) {
	got, err := inputTask.ParseInputs(map[string]string{"file": " a=b ", "unit": "ft", "n": "-12", "rate": "1", "strict": "true"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"file": " a=b ", "unit": "ft", "n": int64(-12), "rate": 1.0, "strict": true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, c := range []struct{ name, text, want string }{
		{"fiel", "x", `the task has no input "fiel": did you mean "file"?`},
		{"zzzzzz", "x", `the task has no input "zzzzzz": known are file, unit, n, rate, strict`},
		{"unit", "km", `input unit: "km" is not allowed, wanted m, ft`},
		{"n", "1.5", `input n is "1.5", wanted an integer from`},
		{"n", "", `input n is "", wanted an integer from`},
		{"n", "9007199254740992", `input n is "9007199254740992", wanted an integer from`},
		{"n", "99999999999999999999", `wanted an integer from`},
		{"rate", "fast", `input rate is "fast", wanted a number`},
		{"rate", "1e999", `input rate is "1e999", wanted a number`},
		{"rate", "NaN", `wanted a number`},
		{"rate", "0.7", `input rate: "0.7" is not allowed, wanted 0.5, 1`},
		{"strict", "yes", `input strict is "yes", wanted true or false`},
	} {
		if _, err := inputTask.ParseInputs(map[string]string{c.name: c.text}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s=%s: got %v, want %s", c.name, c.text, err, c.want)
		}
	}
}

func TestValues(t *testing.T) {
	got, err := inputTask.values(map[string]any{"file": "x", "n": float64(3)})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"file": "x", "unit": "m", "n": int64(3), "rate": 0.5, "strict": false}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, c := range []struct {
		given map[string]any
		want  string
	}{
		{nil, "input file is missing: give it a value of type string (the one to read)"},
		{map[string]any{"file": 5}, `input file is "5", wanted a string`},
		{map[string]any{"file": "x", "n": 1.5}, `input n is "1.5", wanted an integer`},
		{map[string]any{"file": "x", "n": json.Number("x")}, `wanted an integer`},
		{map[string]any{"file": "x", "rate": math.Inf(1)}, `wanted a number`},
		{map[string]any{"file": "x", "more": 1}, `the task has no input "more"`},
	} {
		if _, err := inputTask.values(c.given); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: got %v, want %s", c.given, err, c.want)
		}
	}
}

func TestRender(t *testing.T) {
	long := strings.Repeat("x", maxFormatted)
	for _, c := range []struct{ prompt, want, wrong string }{
		{"plain {{.s}}", "plain it's <b>", ""}, // nothing is escaped: it is no web page
		{"{{if .yes}}a{{else}}b{{end}}{{with .s}}{{.}}{{end}}", "ait's <b>", ""},
		{`{{printf "%.2f|%5d" .f .i}}`, "1.50|    7", ""},
		{"{{len .s}} {{slice .s 0 2}} {{eq .i 7}} {{and .yes .s}}", "8 it true it's <b>", ""},
		{"{{.none}}", "", `map has no entry for key "none"`},
		{"{{.s}}{{slice .s 0 99}}", "", "error calling slice"},
		{`{{printf "%1000d" 1}}`, "", "wanted a format of at most 200 bytes, widths below 1000"},
		{`{{printf "%[1]*[2]d" 100000 1}}`, "", "widths below 1000"},
		{`{{printf "%.*f" 900000 .f}}`, "", "widths below 1000"},
		{`{{$x := .long}}{{printf "%s" $x}}`, long, ""},
		{`{{$x := printf "%s%s" .long .long}}{{$x}}`, "", "arguments of at most"},
		{`{{$x := .long}}{{printf "%[1]s%[1]s" $x}}`, "", "its result has more than"},
		{strings.Repeat("{{.long}}", 20), "", "has more than 1048576 bytes"},
		{"{{if .no}}x{{end}}", "", "with these inputs it is blank"},
	} {
		task := &Task{Prompt: c.prompt}
		got, err := task.render(map[string]any{"s": "it's <b>", "i": int64(7), "f": 1.5, "yes": true, "no": false, "long": long})
		if c.wrong == "" && (err != nil || got != c.want) {
			t.Errorf("%.60s: got %.60q, %v", c.prompt, got, err)
		}
		if c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)) {
			t.Errorf("%.60s: got %.60q, %v; want %s", c.prompt, got, err, c.wrong)
		}
	}
}
