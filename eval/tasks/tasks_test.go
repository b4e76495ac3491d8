package tasks

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/eval"
	"github.com/qwen-agent/qwen-agent/interpreter/sandbox"
	"github.com/qwen-agent/qwen-agent/llm/llmtest"
)

func load(t *testing.T, set string) []Task {
	t.Helper()
	dir := t.TempDir()
	if err := Unpack(set, dir); err != nil {
		t.Fatal(err)
	}
	list, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestSets: every task file there is has an answer, and the other way round.
func TestSets(t *testing.T) {
	for set, least := range map[string]int{"main": 24, "more": 32, "fresh": 16, "code": 28, "known": 40} {
		list := load(t, set)
		if len(list) < least {
			t.Errorf("%s has %d tasks, wanted %d", set, len(list), least)
		}
		files, err := filepath.Glob(filepath.Join(list[0].Dir, "*.yaml"))
		if err != nil || len(files) != len(list)+1 {
			t.Errorf("%s has %d YAML files and %d tasks, %v", set, len(files), len(list), err)
		}
		for _, task := range list {
			if task.Want.Group == "" || task.File.Name != task.Name {
				t.Errorf("%s: group %q, name %q", task.Name, task.Want.Group, task.File.Name)
			}
		}
	}
}

// TestGuessing: programs of one line that understand nothing solve next to none of the
// tasks: each at most one.
func TestGuessing(t *testing.T) {
	for _, set := range []string{"main", "more", "fresh", "code"} {
		solved := map[string][]string{}
		for _, task := range load(t, set) {
			root, err := os.OpenRoot(filepath.Join(task.Dir, task.File.Workspace))
			if err != nil {
				t.Fatal(err)
			}
			for name, answer := range guesses(t, task, root) {
				if task.Want.Check(answer, 1, root) == "" {
					solved[name] = append(solved[name], task.Name)
				}
			}
			root.Close()
		}
		for name, list := range solved {
			if len(list) > 1 {
				t.Errorf("%s: %q solves %v", set, name, list)
			}
		}
	}
}

// guesses are answers by what they are made of.
func guesses(t *testing.T, task Task, root *os.Root) map[string]string {
	question := task.File.Prompt
	g := map[string]string{
		"nothing": "", "the question": question, "a refusal": "I cannot do that, because there is no such file.",
	}
	var text string // of the files that are named, or nearly
	entries, err := os.ReadDir(root.Name())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, err := root.ReadFile(e.Name())
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(question, e.Name()) {
			text += string(data)
		}
	}
	g["the files"] = text
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		g[fmt.Sprintf("line %d of the files", i+1)] = line
	}
	for from, s := range map[string]string{"question": question, "files": text} {
		var numbers []float64
		for _, n := range regexp.MustCompile(`\d+(?:\.\d+)?`).FindAllString(s, -1) {
			v, err := strconv.ParseFloat(n, 64)
			if err != nil {
				t.Fatal(err)
			}
			numbers = append(numbers, v)
		}
		if len(numbers) == 0 {
			continue
		}
		sum, product := 0.0, 1.0
		for _, v := range numbers {
			sum, product = sum+v, product*v
		}
		for name, v := range map[string]float64{
			"sum": sum, "product": product, "mean": sum / float64(len(numbers)), "count": float64(len(numbers)),
			"largest": slices.Max(numbers), "smallest": slices.Min(numbers), "first": numbers[0], "last": numbers[len(numbers)-1],
			"lines": float64(strings.Count(s, "\n")), "words": float64(len(strings.Fields(s))),
		} {
			g[name+" of the "+from] = strconv.FormatFloat(v, 'f', -1, 64)
		}
	}
	return g
}

func TestCheck(t *testing.T) {
	number := func(v float64) *float64 { return &v }
	calls := func(n int) *int { return &n }
	dir := t.TempDir()
	for name, text := range map[string]string{"a.json": `{"x": [1, 2.0]}`, "b.txt": "\n one \ntwo\n", "c.json": "{"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	file := func(name string, w FileWant) Want { return Want{Files: map[string]FileWant{name: w}} }
	for _, c := range []struct {
		name   string
		want   Want
		answer string
		why    string
	}{
		{"number", Want{Number: number(371.75)}, "They paid 371.75 euros.", ""},
		{"thousands", Want{Number: number(16826)}, "It is 16,826.", ""},
		{"zeros", Want{Number: number(982.8)}, "982.80", ""},
		{"negative", Want{Number: number(5)}, "-5", "does not have 5"},
		{"in another", Want{Number: number(37)}, "137 and 3.7 and 37.5", "does not have 37"},
		{"rounded", Want{Number: number(61.87), Within: 0.006}, "61.8678", ""},
		{"rounded too far", Want{Number: number(61.87), Within: 0.006}, "61.9", "does not have"},
		{"text", Want{Text: []string{"silva imports"}}, "It is Silva Imports.", ""},
		{"part of a word", Want{Text: []string{"yard"}}, "the vineyard", `does not have "yard"`},
		{"hedged", Want{Text: []string{"Graz"}, Absent: []string{"Linz"}}, "Graz or Linz", `has "Linz"`},
		{"refusal", Want{Refuses: true}, "There is no such file.", ""},
		{"no refusal", Want{Refuses: true}, "They are 61.", "does not say"},
		{"calls", Want{Calls: calls(1)}, "They are 61.", ""},
		{"other calls", Want{Calls: calls(0)}, "They are 61.", "1 calls, wanted 0"},
		{"a file for an answer", Want{Number: number(1)}, strings.Repeat("1 ", 400), "800 characters"},
		{"JSON", file("a.json", FileWant{JSON: map[string]any{"x": []any{1, 2}}}), "", ""},
		{"other JSON", file("a.json", FileWant{JSON: map[string]any{"x": []any{1}}}), "", "wanted"},
		{"no JSON", file("c.json", FileWant{JSON: 1}), "", "it is no JSON"},
		{"lines", file("b.txt", FileWant{Lines: []string{"one", "two"}}), "", ""},
		{"other lines", file("b.txt", FileWant{Lines: []string{"two"}}), "", "wanted"},
		{"no file", file("d.txt", FileWant{Lines: []string{"two"}}), "", "it is not there"},
		{"outside", file("../d.txt", FileWant{Lines: []string{"two"}}), "", "it is not there"},
	} {
		if why := c.want.Check(c.answer, 1, root); (why == "") != (c.why == "") || !strings.Contains(why, c.why) {
			t.Errorf("%s: %q, wanted %q", c.name, why, c.why)
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	task := "version: 1\nname: a\nprompt: What?\n"
	for name, c := range map[string]struct{ expected, want string }{
		"empty":        {"", "wanted a mapping"},
		"nothing":      {"a: {group: x}\n", "expected.yaml:1: task a: nothing that is right"},
		"unknown key":  {"a: {numbr: 1}\n", "numbr"},
		"no such task": {"a: {number: 1}\nb: {number: 2}\n", "expected.yaml:2: task b"},
		"elsewhere":    {"../a: {number: 1}\n", "the same folder"},
		"both":         {"a: {files: {x: {json: 1, lines: [a]}}}\n", "wanted json or lines"},
		"no YAML":      {"a: [\n", "expected.yaml"},
	} {
		dir := t.TempDir()
		for file, text := range map[string]string{"a.yaml": task, expected: c.expected} {
			if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, wanted %s", name, err, c.want)
		}
	}
	if _, err := Load(t.TempDir()); !os.IsNotExist(err) {
		t.Errorf("an empty folder: %v", err)
	}
}

// TestRun lets a script work: an edit, an answer without one, and none at all. The files of
// the set stay as they are.
func TestRun(t *testing.T) {
	dir := t.TempDir()
	for file, text := range map[string]string{
		"files/c.json": `{"retries": 3, "port": 1}`,
		"edit.yaml":    "version: 1\nname: edit\nworkspace: files\ntools: [files]\nprompt: Set retries to 5.\n",
		"lie.yaml":     "version: 1\nname: lie\nworkspace: files\ntools: [files]\nprompt: Set retries to 5.\n",
		"loop.yaml":    "version: 1\nname: loop\ntools: [calc]\nlimits: {steps: 1}\nprompt: What is 1+1?\n",
		expected: "edit: {group: e, files: {c.json: {json: {retries: 5, port: 1}}}}\n" +
			"lie: {group: e, files: {c.json: {json: {retries: 5, port: 1}}}}\nloop: {number: 2}\n",
	} {
		path := filepath.Join(dir, file)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	list, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	model := llmtest.New(
		llmtest.Turn{Thought: "I write it.", Calls: llmtest.Call("write_file", `{"path":"c.json","content":"{\"retries\": 5, \"port\": 1}"}`)},
		llmtest.Turn{Text: "Done."},
		llmtest.Turn{Text: "Done."},
		llmtest.Turn{Text: "two"},
	)
	results, err := eval.Run(t.Context(), model, Cases(list, Options{Sandbox: sandbox.Strict}), eval.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct {
		ok    bool
		why   string
		steps float64
	}{{true, "", 2}, {false, "c.json: it is", 1}, {false, "does not have 2", 1}} {
		r := results[i]
		if r.OK != want.ok || !strings.Contains(r.Why, want.why) || r.Scores["steps"] != want.steps {
			t.Errorf("%s: %t, %q, %v; %s", r.ID, r.OK, r.Why, r.Scores, r.Raw)
		}
	}
	if !strings.Contains(results[0].Raw, "I write it.\ncall: write_file {") || !strings.Contains(results[0].Raw, "answer: Done.") {
		t.Errorf("the transcript is %s", results[0].Raw)
	}
	if data, err := os.ReadFile(filepath.Join(dir, "files/c.json")); err != nil || string(data) != `{"retries": 3, "port": 1}` {
		t.Errorf("the set's file is %s, %v", data, err)
	}
	if got := len(model.Requests[0].Tools); got != 3 {
		t.Errorf("the model is told of %d tools, wanted also the one that writes", got)
	}
}
