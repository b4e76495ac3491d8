package humaneval

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/qwen-agent/qwen-agent/eval"
	"github.com/qwen-agent/qwen-agent/interpreter/sandbox"
	"github.com/qwen-agent/qwen-agent/llm/llmtest"
)

// open returns a runner that is closed after owner, and skips t where there can be none.
func open(owner, t *testing.T, language string) *Runner {
	t.Helper()
	r, err := Open(t.Context(), language, sandbox.Strict)
	if err == nil {
		owner.Cleanup(func() { r.Close() })
	}
	if err != nil {
		t.Skipf("no sandbox for %s: %v", language, err)
	}
	return r
}

var problems = map[string]*Problem{
	"python": {
		ID: "P/0", Language: "python", Entry: "twice",
		Prompt:   "import math\n\ndef half(x):\n    return x / 2\n\n\ndef twice(x):\n    \"\"\" Doubles x.\n    >>> twice(2)\n    4\n    \"\"\"\n",
		Solution: "    return math.floor(half(x) * 4)\n",
		Test:     "def check(candidate):\n    assert candidate(2) == 4\n    assert candidate(5) == 10\n",
	},
	"go": {
		ID: "Go/0", Language: "go", Entry: "Twice",
		Prompt:   "import (\n    \"math\"\n)\n\nfunc half(x int) float64 { return float64(x) / 2 }\n\n// Doubles x.\nfunc Twice(x int) int {\n",
		Solution: "    return int(math.Floor(half(x) * 4))\n}\n",
		Setup:    "package main\n\nimport (\n    \"testing\"\n    \"github.com/stretchr/testify/assert\"\n)\n",
		Test:     "func TestTwice(t *testing.T) {\n    assert := assert.New(t)\n    assert.Equal(4, Twice(2))\n    assert.Equal(10, Twice(5))\n}\n",
	},
}

// TestAnswers: what models make of a question in the many ways they have, and what is wrong
// with those that are wrong.
func TestAnswers(t *testing.T) {
	runners := map[string]*Runner{}
	for _, language := range Languages {
		t.Run(language, func(sub *testing.T) { runners[language] = open(t, sub, language) })
	}
	for _, c := range []struct{ name, language, answer, why string }{
		{"block", "python", "Sure:\n```python\ndef twice(x):\n    return 2 * x\n```\nThat is all.", ""},
		{"helper of the prompt", "python", "```python\ndef twice(x):\n    return int(half(x) * 4)\n```", ""},
		{"second block", "python", "```\npip install math\n```\n```python\ndef twice(x):\n    return 2 * x\n```", ""},
		{"no fence", "python", "Here it is.\ndef twice(x):\n    return 2 * x\n", ""},
		{"body", "python", "```python\n    return 2 * x\n```", ""},
		{"body without its indent", "python", "```python\ny = x\nreturn y + x\n```", ""},
		{"not closed", "python", "```python\ndef twice(x):\n    return 2 * x\n", ""},
		{"a script's end", "python", "```python\ndef twice(x):\n    return 2 * x\n\nif __name__ == '__main__':\n    input('?')\n```", ""},
		{"wrong tests of its own", "python", "```python\ndef twice(x):\n    return 2 * x\n\nassert twice(1) == 3\nprint(thrice(1))\n```", ""},
		{"a table of its own", "python", "```python\nBY = {2: 4}\nBY[5] = 10\ndef twice(x):\n    return BY[x]\n```", ""},
		{"cut off", "python", "```python\ndef twice(x):\n    return 2 * x\n\nassert twice(1", ""},
		{"not ASCII", "python", "```python\ndef twice(x):\n    '''Größe 😀'''\n    return x + x\n```", ""},
		{"wrong", "python", "```python\ndef twice(x):\n    return x + 2\n```", "AssertionError in assert candidate(5) == 10"},
		{"no syntax", "python", "```python\ndef twice(x)\n    return x\n```", "SyntaxError"},
		{"unknown name", "python", "```python\ndef twice(x):\n    return y\n```", "NameError: name 'y' is not defined"},
		{"ends the program", "python", "```python\nimport os\ndef twice(x):\n    os._exit(0)\n```", "ended"},
		{"words", "python", "I cannot do that.", "SyntaxError"},
		{"nothing", "python", "", "AssertionError"},

		{"block", "go", "```go\npackage main\n\nimport \"fmt\"\n\nfunc Twice(x int) int {\n\treturn 2 * x\n}\n\nfunc main() {\n\tfmt.Println(Twice(3))\n}\n```", ""},
		{"no package", "go", "```go\nfunc Twice(x int) int { return x + x }\n```", ""},
		{"helper of the prompt", "go", "```go\nfunc Twice(x int) int { return int(half(x) * 4) }\n```", ""},
		{"helper again", "go", "```go\nfunc half(x int) float64 { return float64(x) }\nfunc Twice(x int) int { return int(half(x) * 2) }\n```", ""},
		{"import left out", "go", "```go\nfunc Twice(x int) int { return len(strings.Repeat(\"ab\", x)) }\n```", ""},
		{"body", "go", "```go\n\treturn 2 * x\n```", ""},
		{"wrong", "go", "```go\nfunc Twice(x int) int { return x + 2 }\n```", "got 7, wanted 10"},
		{"no syntax", "go", "```go\nfunc Twice(x int) int { return }}\n```", "expected declaration"},
		{"does not compile", "go", "```go\nfunc Twice(x int) int { return \"a\" }\n```", `"a"`},
		{"ends the program", "go", "```go\nfunc Twice(x int) int { os.Exit(0); return 0 }\n```", "ended"},
		{"an import from elsewhere", "go", "```go\nimport \"github.com/a/b\"\nfunc Twice(x int) int { return b.Twice(x) }\n```", "github.com/a/b"},
	} {
		t.Run(c.language+" "+c.name, func(t *testing.T) {
			if runners[c.language] == nil {
				t.Skip("no sandbox")
			}
			cases := Cases([]*Problem{problems[c.language]}, runners[c.language], "hermes")
			model := llmtest.New(llmtest.Turn{Text: c.answer})
			results, err := eval.Run(t.Context(), model, cases, eval.Options{})
			if err != nil {
				t.Fatal(err)
			}
			got := results[0]
			if got.OK != (c.why == "") || !strings.Contains(got.Why, c.why) {
				t.Errorf("ok %t, %q, wanted %q; the program:\n%s", got.OK, got.Why, c.why, got.Got)
			}
			if q := model.Requests[0]; q.Format != "hermes" || q.Sampling != nil || !strings.Contains(q.Messages[0].Text, "Doubles x.") {
				t.Errorf("the question is %+v", q)
			}
		})
	}
}

func TestTooLong(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for the limit")
	}
	r := open(t, t, "python")
	why, err := r.Run(t.Context(), problems["python"], "def twice(x):\n    while True: pass\n")
	if err != nil || !strings.Contains(why, "stopped") {
		t.Errorf("%q, %v", why, err)
	}
}

// TestSolutions: every solution of the benchmark passes its own tests, in an answer such as
// models give, and a function that does nothing fails them.
func TestSolutions(t *testing.T) {
	if testing.Short() {
		t.Skip("runs 656 programs")
	}
	dir := os.Getenv("QWEN_AGENT_DATA")
	if dir == "" {
		dir = "../../../shared/data"
	}
	for _, language := range Languages {
		t.Run(language, func(t *testing.T) {
			list, err := Load(filepath.Join(dir, "humaneval"), language)
			if errors.Is(err, fs.ErrNotExist) {
				t.Skipf("no data: set QWEN_AGENT_DATA (%v)", err)
			}
			if err != nil || len(list) != 164 {
				t.Fatalf("%d problems, %v", len(list), err)
			}
			r := open(t, t, language)
			var wait sync.WaitGroup
			defer wait.Wait()
			slots := make(chan bool, 2)
			for _, p := range list {
				slots <- true
				wait.Go(func() {
					defer func() { <-slots }()
					why := solve(t, r, p, p.Solution)
					for tries := 1; why != "" && p.ID == byChance && tries < 30; tries++ {
						why = solve(t, r, p, p.Solution)
					}
					if why != "" {
						t.Errorf("%s: the solution fails: %s", p.ID, why)
					}
					body := "    return object()\n"
					if language == "go" {
						body = "\tpanic(\"does nothing\")\n}\n"
					}
					if why := solve(t, r, p, body); why == "" {
						t.Errorf("%s: a function that does nothing passes", p.ID)
					}
				})
			}
		})
	}
}

// byChance is the problem whose solution looks at two keys of a map, in whose order Go puts chance: about every
// fourth time it fails its own test.
const byChance = "Go/95"

// solve gives a body as an answer.
func solve(t *testing.T, r *Runner, p *Problem, body string) string {
	program, err := p.Program("```" + p.Language + "\n" + p.Prompt + body + "\n```")
	if err != nil {
		return err.Error()
	}
	why, err := r.Run(t.Context(), p, program)
	if err != nil {
		t.Error(err)
	}
	return why
}

func TestBrokenData(t *testing.T) {
	good := `{"task_id":"P/0","prompt":"def f():\n","entry_point":"f","test":"def check(f): pass"}` + "\n"
	for name, c := range map[string]struct{ line, want string }{
		"torn":     {`{"task_id":"P/1","pro`, "unexpected end"},
		"no entry": {`{"task_id":"P/1","prompt":"x","test":"y"}`, `function ""`},
	} {
		dir := t.TempDir()
		path := File(dir, "python")
		if err := os.WriteFile(path, []byte(strings.Repeat(good, 36)+c.line+"\n"+good), 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(dir, "python"); err == nil || !strings.Contains(err.Error(), path+":37: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
