package agent

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/llm/llmtest"
	"github.com/qwen-agent/qwen-agent/react"
)

// TestGrammarFile has rules in a file beside the task, and files that are none.
func TestGrammarFile(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const rules = "root ::= \"yes\" | \"no\"\n"
	write("yesno.gbnf", rules)
	write("wrong.gbnf", "root ::= \"yes\"\nx ::= y\n")
	write("large.gbnf", strings.Repeat("#\n", maxFile))
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	task := func(file string) *Task {
		t.Helper()
		out, err := Parse(filepath.Join(dir, "task.yaml"), []byte("version: 1\nprompt: Is 7 a prime?\noutput: {grammar: "+file+"}\n"))
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for file, want := range map[string]string{
		"none.gbnf":  "there is no such file; correct the name, or write the rules out",
		"wrong.gbnf": "wrong.gbnf: line 2: there is no rule \"y\"",
		"large.gbnf": "it has more than 1048576 bytes",
		"folder":     "it is no regular file",
		"link":       "path escapes",
	} {
		if _, err := task(file).Check(Options{}); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "task.yaml:3:19: output.grammar: ") {
			t.Errorf("%s: error %v, want %q at its place", file, err, want)
		}
	}
	model := llmtest.New(llmtest.Turn{Text: "yes"})
	for e, err := range Run(t.Context(), task("yesno.gbnf"), nil, model, Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		if end, ok := e.(react.End); ok && end.Reason != react.Answered {
			t.Errorf("the run ended by %s", end.Reason)
		}
	}
	if g := model.Requests[0].Grammar; g == nil || g.GBNF != rules {
		t.Errorf("the request has the grammar %+v, want the file's", g)
	}
}
