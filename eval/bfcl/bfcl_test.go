package bfcl

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/qwen-agent/qwen-agent/eval"
	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/llmtest"
)

const question = `{"id":"t_0","question":[[{"role":"user","content":"?"}]],"function":[
{"name":"geo.area","description":"Area.","parameters":{"type":"dict","properties":{
"base":{"type":"integer"},"height":{"type":"float","description":"type any"},"unit":{"type":"string"},"tags":{"type":"tuple","items":{"type":"string"}},
"opt":{"type":"dict","properties":{"type":{"type":"any"}}},"flag":{"type":"boolean"}},"required":["base","height"]}}]}`

const answer = `[{"geo.area":{"base":[10],"height":[5.0,6],"unit":["square units",""],"tags":[["a","b"],""],"opt":[{"x":[1,""],"y":["z"]},""],"flag":[true,""]}}]`

func item(t *testing.T) Item {
	t.Helper()
	dir := t.TempDir()
	compact := func(s string) []byte {
		var v any
		if err := decode([]byte(s), &v); err != nil {
			t.Fatal(err)
		}
		b, _ := json.Marshal(v)
		return b
	}
	for name, text := range map[string][]byte{
		"c.jsonl":         compact(question),
		"c.answers.jsonl": []byte(`{"id":"t_0","ground_truth":` + string(compact(answer)) + `}`),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	items, err := Load(dir, "c")
	if err != nil || len(items) != 1 {
		t.Fatalf("%d items, %v", len(items), err)
	}
	return items[0]
}

func TestSchema(t *testing.T) {
	it, err := parse([]byte(question))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"type": "object", "properties": {"base": {"type": "integer"}, "height": {"type": "number", "format": "float", "description": "type any"}, ` +
		`"unit": {"type": "string"}, "tags": {"type": "array", "items": {"type": "string"}}, ` +
		`"opt": {"type": "object", "properties": {"type": {}}}, "flag": {"type": "boolean"}}, "required": ["base", "height"]}`
	if got := string(it.Tools[0].Parameters); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if it.Tools[0].Name != "geo_area" {
		t.Errorf("name %s", it.Tools[0].Name)
	}
}

func TestCheck(t *testing.T) {
	it := item(t)
	for _, c := range []struct {
		name, function, args string
		ok                   bool
	}{
		{"right", "geo_area", `{"base":10,"height":5.0}`, true},
		{"name with a dot", "geo.area", `{"base":10,"height":6}`, true},
		{"integer for float", "geo_area", `{"base":10,"height":5}`, true},
		{"float for integer", "geo_area", `{"base":10.0,"height":5}`, false},
		{"string compared loosely", "geo_area", `{"base":10,"height":5,"unit":"Square-Units."}`, true},
		{"wrong string", "geo_area", `{"base":10,"height":5,"unit":"feet"}`, false},
		{"wrong value", "geo_area", `{"base":11,"height":5}`, false},
		{"missing", "geo_area", `{"base":10}`, false},
		{"unknown parameter", "geo_area", `{"base":10,"height":5,"z":1}`, false},
		{"list in order", "geo_area", `{"base":10,"height":5,"tags":["A","b"]}`, true},
		{"list out of order", "geo_area", `{"base":10,"height":5,"tags":["b","a"]}`, false},
		{"list of another type", "geo_area", `{"base":10,"height":5,"tags":[1,2]}`, false},
		{"dict", "geo_area", `{"base":10,"height":5,"opt":{"y":"Z"}}`, true},
		{"dict lacks a key", "geo_area", `{"base":10,"height":5,"opt":{"x":1}}`, false},
		{"dict with an unknown key", "geo_area", `{"base":10,"height":5,"opt":{"y":"z","w":1}}`, false},
		{"boolean is no integer", "geo_area", `{"base":true,"height":5}`, false},
		{"boolean", "geo_area", `{"base":10,"height":5,"flag":true}`, true},
		{"number as a string", "geo_area", `{"base":"10","height":5}`, false},
		{"empty list for one that may be left out", "geo_area", `{"base":10,"height":5,"tags":[]}`, true},
		{"list of float for strings", "geo_area", `{"base":10,"height":5,"tags":[1.5]}`, false},
		{"null", "geo_area", `{"base":10,"height":5,"unit":null}`, false},
		{"another function", "area", `{"base":10,"height":5}`, false},
		{"broken arguments", "geo_area", `{"base":`, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			ok, why := it.Check([]llm.Call{{Name: c.function, Arguments: json.RawMessage(c.args)}})
			if ok != c.ok || ok == (why != "") {
				t.Errorf("got %t (%s), want %t", ok, why, c.ok)
			}
		})
	}
	right := llm.Call{Name: "geo_area", Arguments: json.RawMessage(`{"base":10,"height":5}`)}
	if ok, _ := it.Check(nil); ok {
		t.Error("no call is let through")
	}
	if ok, _ := it.Check([]llm.Call{right, right}); ok {
		t.Error("a call too many is let through")
	}
	it.Want = nil
	if ok, _ := it.Check(nil); !ok {
		t.Error("silence is wrong where no call is right")
	}
}

// TestOddities are what the leaderboard's checker (bfcl-eval 2026.3.23) says where its rules
// are not what one would think.
func TestOddities(t *testing.T) {
	n := func(s string) json.Number { return json.Number(s) }
	list := func(v ...any) []any { return v }
	array := func(of string) schema { return schema{Type: "array", Items: &schema{Type: of}} }
	for _, c := range []struct {
		name     string
		value    any
		schema   schema
		accepted []any
		ok       bool
	}{
		{"a variable is spelled exactly", "-data", array("float"), list("data"), false},
		{"a variable", "data", array("float"), list("data"), true},
		{"a string where the answers are booleans", "- ", schema{Type: "any"}, list("", true), false},
		{"floats among integers", list(n("2015.0"), n("2021")), array("integer"), list(list(n("2015"), n("2021"))), false},
		{"integers among floats", list(n("1"), n("2")), array("float"), list(list(n("1.0"), n("2.0"))), false},
		{"integers among floats, as the answer has them", list(n("1"), n("2")), array("float"), list(list(n("1"), n("2"))), true},
		{"an integer for a float", n("5"), schema{Type: "float"}, list(n("5.0")), true},
		{"true is 1", true, schema{Type: "boolean"}, list(n("1")), true},
		{"strings in lists in lists", list(list("A")), array("array"), list(list(list("a"))), false},
		{"strings in lists", list("A."), array("string"), list(list("a")), true},
		{"a list of dicts", list(map[string]any{"a": "X"}), array("dict"), list(list(map[string]any{"a": list("x")})), true},
		{"a list of too many dicts", list(map[string]any{"a": "X"}, map[string]any{}), array("dict"), list(list(map[string]any{"a": list("x")})), false},
	} {
		if why := value(c.value, c.schema, c.accepted); (why == "") != c.ok {
			t.Errorf("%s: %q, wanted %t", c.name, why, c.ok)
		}
	}
}

func TestParallelInAnyOrder(t *testing.T) {
	it := item(t)
	it.Want = append(it.Want, Want{"geo_area", map[string][]any{"base": {json.Number("1")}, "height": {json.Number("2")}}})
	a := llm.Call{Name: "geo_area", Arguments: json.RawMessage(`{"base":10,"height":5}`)}
	b := llm.Call{Name: "geo_area", Arguments: json.RawMessage(`{"base":1,"height":2}`)}
	for _, calls := range [][]llm.Call{{a, b}, {b, a}} {
		if ok, why := it.Check(calls); !ok {
			t.Error(why)
		}
	}
	if ok, _ := it.Check([]llm.Call{a, a}); ok {
		t.Error("the same call twice is let through")
	}
	other := llm.Call{Name: "other", Arguments: json.RawMessage(`{}`)}
	wrong := llm.Call{Name: "geo_area", Arguments: json.RawMessage(`{"base":7,"height":5}`)}
	if _, why := it.Check([]llm.Call{other, wrong}); !strings.HasPrefix(why, "base of geo_area is 7") {
		t.Errorf("a wrong value beside another function: %q", why)
	}
	if _, why := it.Check([]llm.Call{other, other}); why != "function other, wanted geo_area" {
		t.Errorf("other functions alone: %q", why)
	}
}

// TestData: every answer key is consistent with its question, and the first accepted values
// of the parameters that may not be left out make a right call.
func TestData(t *testing.T) {
	dir := os.Getenv("QWEN_AGENT_DATA")
	if dir == "" {
		dir = "../../../shared/data"
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no data: set QWEN_AGENT_DATA (%v)", err)
	}
	for category, n := range map[string]int{"simple_python": 400, "multiple": 200, "parallel": 200, "parallel_multiple": 200, "irrelevance": 240} {
		items, err := Load(filepath.Join(dir, "bfcl"), category)
		if err != nil {
			t.Fatal(err)
		}
		if len(items) != n {
			t.Errorf("%s has %d items, wanted %d", category, len(items), n)
		}
		wrong := 0
		for _, it := range items {
			if !json.Valid(it.Tools[0].Parameters) {
				t.Errorf("%s: %s", it.ID, it.Tools[0].Parameters)
			}
			var calls []llm.Call
			for _, w := range it.Want {
				calls = append(calls, llm.Call{Name: w.Name, Arguments: firstArguments(t, w)})
			}
			if ok, why := it.Check(calls); !ok {
				wrong++
				t.Logf("%s: %s", it.ID, why)
			}
		}
		if wrong*50 > n { // the data has a few keys that its own types refuse
			t.Errorf("%s: %d of %d answer keys are refused", category, wrong, n)
		}
	}
}

// TestVerdicts: Check says of 500 answers what the leaderboard's own checker says.
func TestVerdicts(t *testing.T) {
	dir := os.Getenv("QWEN_AGENT_DATA")
	if dir == "" {
		dir = "../../../shared/data"
	}
	items := map[string]Item{}
	for _, category := range Categories[:4] {
		list, err := Load(filepath.Join(dir, "bfcl"), category)
		if errors.Is(err, fs.ErrNotExist) {
			t.Skipf("no data: set QWEN_AGENT_DATA (%v)", err)
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range list {
			items[it.ID] = it
		}
	}
	n := map[bool]int{}
	err := eval.Lines("testdata/verdicts.jsonl", func(line []byte) error {
		var v struct {
			ID    string
			Calls []llm.Call
			OK    bool
		}
		if err := json.Unmarshal(line, &v); err != nil {
			return err
		}
		n[v.OK]++
		it, known := items[v.ID]
		if ok, why := it.Check(v.Calls); !known || ok != v.OK {
			t.Errorf("%s: %t (%s), the leaderboard's checker says %t of %s", v.ID, ok, why, v.OK, line)
		}
		return nil
	})
	if err != nil || n[true] < 100 || n[false] < 300 {
		t.Errorf("%v, %v", n, err)
	}
}

func firstArguments(t *testing.T, w Want) []byte {
	t.Helper()
	args := map[string]any{}
	for name, accepted := range w.Values {
		if len(accepted) > 0 && accepted[0] != "" {
			args[name] = first(accepted[0])
		}
	}
	b, err := json.Marshal(args)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// first turns an accepted value into a value: a dict gives lists of values for its keys.
func first(v any) any {
	switch v := v.(type) {
	case map[string]any:
		d := map[string]any{}
		for key, accepted := range v {
			if list, ok := accepted.([]any); ok && len(list) > 0 && list[0] != "" {
				d[key] = first(list[0])
			}
		}
		return d
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = first(v[i])
		}
		return list
	}
	return v
}

func TestCases(t *testing.T) {
	it := item(t)
	other, third := it, it
	other.ID, third.ID = "t_1", "t_2"
	model := llmtest.New(
		llmtest.Turn{Calls: llmtest.Call("geo_area", `{"base":10,"height":5}`)},
		llmtest.Turn{Text: "I do not know."},
		llmtest.Turn{Calls: llmtest.Call("geo_area", `{"base":10,"height":"5"}`)},
	)
	got, err := eval.Run(t.Context(), model, Cases([]Item{it, other, third}, Options{Group: "g", Format: "hermes", Forced: true}), eval.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 3 || !got[0].OK || got[1].OK || got[1].Why == "" || got[2].OK || got[0].Group != "g" {
		t.Fatalf("%+v", got)
	}
	for i, want := range []map[string]float64{{"strict": 0, "valid": 1}, {"strict": 0}, {"strict": 0, "valid": 0}} {
		if diff := cmp.Diff(want, got[i].Scores); diff != "" {
			t.Errorf("%d: %s", i, diff)
		}
	}
	if r := model.Requests[0]; r.Format != "hermes" || len(r.Tools) != 1 || r.Choice == nil || !r.Choice.NoText || r.Sampling != nil {
		t.Errorf("%+v", r)
	}
}

// TestBrokenData: an error names the file and the line.
func TestBrokenData(t *testing.T) {
	dir := t.TempDir()
	var good string
	for i := range 36 {
		good += fmt.Sprintf(`{"id":"t_%d","question":[[{"role":"user","content":"?"}]],"function":[{"name":"f","parameters":{"type":"dict","properties":{}}}]}`+"\n", i)
	}
	for name, c := range map[string]struct{ line, want string }{
		"torn":       {`{"id":"t_36","question":[[`, "unexpected EOF"},
		"no turn":    {`{"id":"t_36","question":[],"function":[]}`, `item "t_36" has 0 turns and 0 functions`},
		"parameters": {`{"id":"t_36","question":[[]],"function":[{"name":"f","parameters":"x"}]}`, "item t_36: function f:"},
	} {
		path := filepath.Join(dir, "c.jsonl")
		if err := os.WriteFile(path, []byte(good+c.line+"\n"+good), 0o666); err != nil {
			t.Fatal(err)
		}
		_, err := Load(dir, "c")
		if err == nil || !strings.Contains(err.Error(), path+":37: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Load(dir, "missing"); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "missing.jsonl") {
		t.Errorf("missing: %v", err)
	}
}

func TestTagged(t *testing.T) {
	if n := len(tagged("x <tool_call>\n{\"name\": \"a\", \"arguments\": {}}\n</tool_call>\n<tool_call>\n{}\n</tool_call>```json\n{\"name\": \"b\"}```")); n != 1 {
		t.Errorf("%d calls, wanted 1", n)
	}
}
