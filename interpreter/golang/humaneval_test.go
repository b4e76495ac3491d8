//go:build linux

package golang

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/interpreter"
)

// testify is what the tests of HumanEval use of github.com/stretchr/testify/assert.
const testify = `
type testingT struct{}

type testifyPackage struct{}

var assert testifyPackage

func (testifyPackage) New(t *testingT) testifyPackage { return testifyPackage{} }

func (testifyPackage) Equal(want, got any, _ ...any) bool {
	if !reflect.DeepEqual(want, got) {
		panic(fmt.Sprintf("got %#v, wanted %#v", got, want))
	}
	return true
}
`

var (
	testFunc  = regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	goImports = regexp.MustCompile(`(?s)import \(.*?\)\n`)
)

// TestHumanEval runs every canonical solution of HumanEval-X in Go (Zheng et al., CodeGeeX,
// 2023) with its test, all in one session.
func TestHumanEval(t *testing.T) {
	f, err := os.Open(filepath.Join(os.Getenv("QWEN_AGENT_DATA"), "humaneval", "go.jsonl"))
	if err != nil {
		t.Skipf("shared data: %v (QWEN_AGENT_DATA names the folder)", err)
	}
	defer f.Close()
	s := open(t, interpreter.Options{})
	scanner := bufio.NewScanner(f)
	scanner.Buffer(nil, 1<<20)
	count := 0
	for scanner.Scan() {
		var p struct {
			ID       string `json:"task_id"`
			Prompt   string `json:"prompt"`
			Solution string `json:"canonical_solution"`
			Test     string `json:"test"`
			Setup    string `json:"test_setup"`
		}
		if err := json.Unmarshal(scanner.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		count++
		imports := strings.Join(goImports.FindAllString(p.Setup, -1), "\n")
		imports = strings.NewReplacer(`"testing"`, "", `"github.com/stretchr/testify/assert"`, "").Replace(imports)
		test := strings.ReplaceAll(p.Test, "*testing.T", "*testingT") + testify
		call := "\n" + testFunc.FindStringSubmatch(p.Test)[1] + "(nil)\n\"passed\""
		r := run(t, s, p.Prompt+p.Solution+"\n"+imports+test+call)
		// This solution looks at two keys of a map, in whose order there is chance: about every fourth time it
		// fails its own test, with any compiler.
		for tries := 1; r.Error != nil && p.ID == "Go/95" && tries < 30; tries++ {
			r = run(t, s, p.Prompt+p.Solution+"\n"+imports+test+call)
		}
		if r.Error != nil || r.Value != `"passed"` {
			t.Errorf("%s: %+v, %q", p.ID, r.Error, r.Value)
		}
		// The same test must be able to fail.
		r = run(t, s, p.Prompt+"panic(\"wrong\")\n}\n"+imports+test+call)
		if r.Error == nil || r.Error.Type != "panic" {
			t.Errorf("%s: a wrong solution passes: %+v", p.ID, r.Error)
		}
	}
	if err := scanner.Err(); err != nil || count != 164 {
		t.Errorf("%d problems, want 164; %v", count, err)
	}
}
