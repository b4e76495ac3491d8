package agent

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/interpreter/sandbox"
	"github.com/qwen-agent/qwen-agent/llm/llmtest"
	"github.com/qwen-agent/qwen-agent/react"
	"github.com/qwen-agent/qwen-agent/tools"
)

// TestCode runs Python that a script writes: nobody is asked, variables stay, a file comes
// back to the workspace, and each run has a session of its own.
func TestCode(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "w"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "w", "a.txt"), []byte("1 2 3"), 0o600); err != nil {
		t.Fatal(err)
	}
	task, err := Parse(filepath.Join(dir, "t.yaml"), []byte("version: 1\nprompt: sum\nworkspace: w\ntools: [python]\ninterpreter: {timeout: 20s}\n"))
	if err != nil {
		t.Fatal(err)
	}
	a, err := New(task, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if w := a.Withheld(); len(w) > 0 {
		t.Errorf("withheld %v, although the sandbox is question enough", w)
	}
	err = a.Start(t.Context())
	var missing *sandbox.MissingError
	if errors.As(err, &missing) || err != nil && strings.Contains(err.Error(), "no usable Python") {
		t.Skipf("this machine cannot: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"[1, 2, 3]", "6\nFile created: sum.txt", "True"}
	for round := range 2 {
		model := llmtest.New(
			llmtest.Turn{Calls: llmtest.Call("python", `{"code": "n = [int(w) for w in open('a.txt').read().split()]\nn"}`)},
			llmtest.Turn{Calls: llmtest.Call("python", `{"code": "f = open('sum.txt', 'w')\nf.write(str(sum(n)))\nf.close()\nprint(sum(n))"}`)},
			llmtest.Turn{Calls: llmtest.Call("python", `{"code": "'n' in globals()"}`)},
			llmtest.Turn{Text: "6"},
		)
		if round == 1 { // the variables and the files of the first run
			model.Turns[1].Calls = llmtest.Call("python", `{"code": "open('sum.txt').read()"}`)
			model.Turns[0].Calls = llmtest.Call("python", `{"code": "'n' in globals()"}`)
			want = []string{"False", "'6'", ""}
		}
		var got []string
		for e, err := range a.Run(t.Context(), model) {
			if err != nil {
				t.Fatal(err)
			}
			if o, ok := e.(react.Observation); ok {
				got = append(got, o.Text)
			}
		}
		for i, w := range want {
			if w != "" && got[i] != w {
				t.Errorf("run %d, call %d: told %q, want %q", round+1, i+1, got[i], w)
			}
		}
	}
	if text, err := os.ReadFile(filepath.Join(dir, "w", "sum.txt")); err != nil || string(text) != "6" {
		t.Errorf("sum.txt holds %q, %v", text, err)
	}
}

// TestStartFails shows that a tool that cannot be started ends a run before the model is
// asked, and that those that were started are closed.
func TestStartFails(t *testing.T) {
	var log []string
	var r tools.Registry
	for _, name := range []string{"first", "second"} {
		r.Add(tools.New(name, "Does it.", func(context.Context, struct{}) (string, error) { return "", nil },
			tools.Lifetime(func(context.Context) error {
				log = append(log, "start "+name)
				if name == "second" {
					return errors.New("no sandbox here")
				}
				return nil
			}, func() error {
				log = append(log, "close "+name)
				return nil
			})))
	}
	model := llmtest.New()
	var got error
	for _, err := range Run(t.Context(), parsed(t, head+"tools: [first, second]\n"), nil, model, Options{Tools: &r}) {
		got = err
	}
	if got == nil || got.Error() != "start the tool second: no sandbox here" || len(model.Requests) > 0 {
		t.Errorf("error %v after %d requests", got, len(model.Requests))
	}
	if l := strings.Join(log, ", "); !strings.HasPrefix(l, "start first, start second, close first, close second") {
		t.Errorf("what happened: %s", l)
	}
}
