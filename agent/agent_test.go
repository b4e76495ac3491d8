package agent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/llmtest"
	"github.com/qwen-agent/qwen-agent/react"
	"github.com/qwen-agent/qwen-agent/tools"
)

// quiet is a tool that says nothing of whether it changes anything.
type quiet struct{ tools.Tool }

func (q quiet) Spec() llm.Tool { return q.Tool.Spec() }

// registry has read (only reads), write (changes), other (does not say) and pair (two
// tools), which note their calls in log.
func registry(log *[]string) *tools.Registry {
	type in struct {
		Path string `json:"path"`
	}
	tool := func(name string, options ...tools.Option) tools.Tool {
		return tools.New(name, "Does "+name+".", func(_ context.Context, a in) (string, error) {
			*log = append(*log, name+" "+a.Path)
			return "done", nil
		}, options...)
	}
	var r tools.Registry
	r.Add(tool("read"))
	r.Add(tool("write", tools.Changes()))
	r.Register("other", func(tools.Env, map[string]any) ([]tools.Tool, error) {
		return []tools.Tool{quiet{tool("other")}}, nil
	})
	r.Register("pair", func(tools.Env, map[string]any) ([]tools.Tool, error) {
		return []tools.Tool{tool("one"), tool("read")}, nil
	})
	r.Register("picky", func(_ tools.Env, settings map[string]any) ([]tools.Tool, error) {
		return nil, fmt.Errorf("picky: setting %v is wrong", settings["x"])
	})
	r.Register("place", func(env tools.Env, _ map[string]any) ([]tools.Tool, error) {
		if env.Workspace == nil {
			return nil, errors.New("place: the task has no workspace")
		}
		*log = append(*log, "place "+env.Workspace.Name())
		return []tools.Tool{tool("place")}, nil
	})
	return &r
}

func parsed(t *testing.T, text string) *Task {
	t.Helper()
	task, err := Parse(filepath.Join(t.TempDir(), "t.yaml"), []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return task
}

func TestPermissionsInARun(t *testing.T) {
	yes := func(context.Context, llm.Call) error { return nil }
	no := func(context.Context, llm.Call) error { return errors.New("the user said no") }
	for _, c := range []struct {
		name, rules, tool, path string
		ask                     func(context.Context, llm.Call) error
		told                    string // part of the observation; "done" if it ran
	}{
		{"reads only", "", "read", "a", nil, "done"},
		{"changes, nobody there", "", "write", "a", nil, `there is no tool "write"`},
		{"changes, yes", "", "write", "a", yes, "done"},
		{"changes, no", "", "write", "a", no, "write was not allowed: the user said no"},
		{"does not say", "", "other", "a", nil, `there is no tool "other"`},
		{"does not say, no", "", "other", "a", no, "the user said no"},
		{"allowed", "allow: [write]", "write", "a", nil, "done"},
		{"allowed by its argument", "allow: ['write:path=out/*']", "write", "out/a", nil, "done"},
		{"not allowed by its argument", "allow: ['write:path=out/*']", "write", "out/../a", nil, "not allowed"},
		{"denied", "deny: [read]", "read", "a", yes, `there is no tool "read"`},
		{"denied by its argument", "deny: ['read:path=*.key']", "read", "./a.key", yes, "read was not allowed: the task does not permit it (deny read:path=*.key)"},
		{"denied and allowed", "{deny: [write], allow: [write]}", "write", "a", yes, `there is no tool "write"`},
		{"asked by its argument, nobody there", "{ask: ['read:path=x*']}", "read", "xa", nil, "read was not allowed: nobody is there to allow it"},
		{"asked though it only reads", "ask: [read]", "read", "a", no, "the user said no"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var log []string
			text := head + "tools: [read, write, other]\n"
			if c.rules != "" {
				text += "permissions:\n  " + c.rules + "\n"
			}
			arguments, _ := json.Marshal(map[string]string{"path": c.path})
			model := llmtest.New(llmtest.Turn{Calls: llmtest.Call(c.tool, string(arguments))}, llmtest.Turn{Text: "ok"})
			var told string
			for e, err := range Run(t.Context(), parsed(t, text), nil, model, Options{Tools: registry(&log), Ask: c.ask}) {
				if err != nil {
					t.Fatal(err)
				}
				if o, ok := e.(react.Observation); ok {
					told = o.Text
				}
			}
			if !strings.Contains(told, c.told) {
				t.Errorf("the model is told %q, want %q", told, c.told)
			}
			if ran := len(log) > 0; ran != (c.told == "done") {
				t.Errorf("calls that ran: %v", log)
			}
		})
	}
}

// TestWithheld: the model is told of a tool only if a call of it can be allowed.
func TestWithheld(t *testing.T) {
	yes := func(context.Context, llm.Call) error { return nil }
	for _, c := range []struct {
		rules    string
		ask      func(context.Context, llm.Call) error
		withheld string
	}{
		{"", nil, "write other"},
		{"", yes, ""},
		{"{allow: ['write:path=x*']}", nil, "other"},
		{"{allow: [write], deny: [write]}", yes, "write"},
		{"{deny: ['read:path=x*']}", yes, ""},
		{"{ask: [read]}", nil, "read write other"},
		{"{ask: ['read:path=x*']}", nil, "write other"},
	} {
		text := head + "tools: [read, write, other]\n"
		if c.rules != "" {
			text += "permissions: " + c.rules + "\n"
		}
		var log []string
		a, err := New(parsed(t, text), nil, Options{Tools: registry(&log), Ask: c.ask})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(a.Withheld(), " "); got != c.withheld || len(a.Tools())+len(a.Withheld()) != 3 {
			t.Errorf("%s: withheld %q and offered %d, want %q", c.rules, got, len(a.Tools()), c.withheld)
		}
	}
}

// TestRequest: what the task says reaches the model.
func TestRequest(t *testing.T) {
	var log []string
	task := parsed(t, `version: 1
format: hermes
instruction: Be short.
prompt: |
  What is in {{.file}}?
inputs: {file: {type: string, default: a.txt}}
tools: [read]
sampling: {temperature: 0.5}
thinking: {budget: 7}
output: {schema: {type: object, required: [n], properties: {n: {type: integer}}}}
`)
	model := llmtest.New(llmtest.Turn{Text: `{"n": 3}`})
	var last react.Event
	for e, err := range Run(t.Context(), task, map[string]any{"file": "b.txt"}, model, Options{Tools: registry(&log)}) {
		if err != nil {
			t.Fatal(err)
		}
		last = e
	}
	if end, ok := last.(react.End); !ok || end.Reason != react.Answered {
		t.Errorf("ended with %+v", last)
	}
	r := model.Requests[0]
	if m := r.Messages; len(m) != 2 || m[0].Text != "Be short." || m[1].Text != "What is in b.txt?" {
		t.Errorf("messages: %+v", m)
	}
	if r.Format != "hermes" || *r.Sampling.Temperature != 0.5 || len(r.Tools) != 1 || r.Tools[0].Name != "read" || r.Thinking.Budget != 7 {
		t.Errorf("request: %+v", r)
	}
	if want := `{"type":"object","required":["n"],"properties":{"n":{"type":"integer"}}}`; string(r.Schema) != want {
		t.Errorf("schema: %s", r.Schema)
	}
	model = llmtest.New(llmtest.Turn{Text: `{"n": 3}`})
	for _, err := range Run(t.Context(), task, nil, model, Options{Tools: registry(&log), Thinking: &llm.Thinking{Off: true}}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	if got := *model.Requests[0].Thinking; got != (llm.Thinking{Off: true}) {
		t.Errorf("thinking: %+v", got)
	}
	if _, err := New(task, nil, Options{Tools: registry(&log), Format: "chatml"}); err == nil || !strings.Contains(err.Error(), `no format "chatml"`) {
		t.Errorf("a format that there is not: %v", err)
	}
}

func TestLimitsInARun(t *testing.T) {
	var log []string
	task := parsed(t, head+"tools: [read]\nlimits: {tokens: 15}\n")
	model := llmtest.New(
		llmtest.Turn{Calls: llmtest.Call("read", `{"path":"a"}`)},
		llmtest.Turn{Calls: llmtest.Call("read", `{"path":"b"}`)},
		llmtest.Turn{Text: "too late"})
	var end react.End
	for e, err := range Run(t.Context(), task, nil, model, Options{Tools: registry(&log)}) {
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := e.(react.End); ok {
			end = e
		}
	}
	if end.Reason != react.Limited || end.Limit != "tokens" {
		t.Errorf("ended with %+v", end)
	}
}

func TestNewRefuses(t *testing.T) {
	dir := t.TempDir()
	outside := t.TempDir()
	mkdir := func(name string) {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	mkdir("data")
	mkdir("deep/er")
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{"inside": "data", "outside": outside, "up": "..", "round": "round"} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Skip("no symbolic links here:", err)
		}
	}
	for _, c := range []struct{ text, want string }{
		{"workspace: data\n", ""},
		{"workspace: deep/er\n", ""},
		{"workspace: inside\n", ""},
		{"workspace: none\n", ":3:12: open the workspace " + filepath.Join(dir, "none") + ": there is no such folder; make it or correct the name"},
		{"workspace: file\n", ":3:12: open the workspace " + filepath.Join(dir, "file") + ": not a directory"},
		{"workspace: outside\n", ":3:12: open the workspace " + filepath.Join(dir, "outside") + ": path escapes from parent"},
		{"workspace: up\n", "path escapes from parent"},
		{"workspace: round\n", ":3:12: open the workspace"},
		{"tools: [calk, read, raed]\n", `:3:9: there is no tool "calk": known are other, pair, picky, place, read, write`},
		{"tools: [raed]\n", `:3:9: there is no tool "raed": did you mean "read"?`},
		{"tools: [read, pair]\n", ":3:15: read and pair both have a tool called read"},
		{"tools: [picky: {x: 5}]\n", ":3:9: open the tool picky: picky: setting 5 is wrong"},
		{"tools: [place]\n", ":3:9: open the tool place: place: the task has no workspace"},
		{"workspace: data\ntools: [place]\n", ""},
		{"tools: [read]\npermissions: {deny: [raed]}\n", `:4:22: rule "raed": the task has no tool "raed": did you mean "read"?`},
		{"tools: [read]\npermissions: {allow: ['read:pth=x']}\n", `:4:23: rule "read:pth=x": read has no argument "pth": did you mean "path"?`},
		{"tools: [read]\npermissions: {ask: [write]}\n", `the task has no tool "write"`},
		{"tools: [read]\npermissions: {deny: ['mcp_*', 'r*:path=x']}\n", ""},
		{"permissions: {deny: [read]}\n", `the task has no tool "read": there are none`},
	} {
		var log []string
		task, err := Parse(filepath.Join(dir, "t.yaml"), []byte(head+c.text))
		if err != nil {
			t.Fatal(err)
		}
		a, err := New(task, nil, Options{Tools: registry(&log)})
		if c.want == "" {
			if err != nil {
				t.Errorf("%s: %v", c.text, err)
				continue
			}
			if err := a.Close(); err != nil {
				t.Errorf("%s: close: %v", c.text, err)
			}
			continue
		}
		var fe *FileError
		if !errors.As(err, &fe) || !strings.Contains(err.Error(), "t.yaml"+c.want) && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.text, err, c.want)
		}
	}
}

func TestOtherWorkspace(t *testing.T) {
	other := t.TempDir()
	var log []string
	task := parsed(t, head+"workspace: none\ntools: [place]\n")
	a, err := New(task, nil, Options{Tools: registry(&log), Workspace: other})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if !slices.Equal(log, []string{"place " + other}) {
		t.Errorf("opened %v, want %s", log, other)
	}
	if _, err := New(task, nil, Options{Tools: registry(&log), Workspace: filepath.Join(other, "none")}); err == nil || !strings.Contains(err.Error(), "there is no such folder") {
		t.Errorf("a folder that is not there: %v", err)
	}
}

func ExampleRun() {
	task, err := Parse("task.yaml", []byte(`
version: 1
prompt: How many legs have {{.n}} spiders?
inputs: {n: {type: integer}}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	model := llmtest.New(llmtest.Turn{Text: "24 legs."}) // the script stands for a model
	for e, err := range Run(context.Background(), task, map[string]any{"n": 3}, model, Options{}) {
		if a, ok := e.(react.Answer); ok {
			fmt.Println(model.Requests[0].Messages[0].Text, a.Text, err)
		}
	}
	// Output: How many legs have 3 spiders? 24 legs. <nil>
}
