package python

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/qwen-agent/qwen-agent/interpreter"
)

// TestHumanEval runs every canonical solution of HumanEval (Chen et al., Evaluating Large
// Language Models Trained on Code, 2021) with its test, all in one session: what one
// leaves behind must not break the next.
func TestHumanEval(t *testing.T) {
	f, err := os.Open(filepath.Join(os.Getenv("QWEN_AGENT_DATA"), "humaneval", "python.jsonl"))
	if err != nil {
		t.Skipf("shared data: %v (QWEN_AGENT_DATA names the folder)", err)
	}
	defer f.Close()
	s := open(t, interpreter.Options{})
	scanner := bufio.NewScanner(f)
	scanner.Buffer(nil, 1<<20)
	count := 0
	for scanner.Scan() {
		var problem struct {
			ID       string `json:"task_id"`
			Prompt   string `json:"prompt"`
			Entry    string `json:"entry_point"`
			Solution string `json:"canonical_solution"`
			Test     string `json:"test"`
		}
		if err := json.Unmarshal(scanner.Bytes(), &problem); err != nil {
			t.Fatal(err)
		}
		count++
		r := run(t, s, problem.Prompt+problem.Solution+problem.Test+"\ncheck("+problem.Entry+")\n'passed'")
		if r.Error != nil || r.Value != "'passed'" {
			t.Errorf("%s: %+v, %q", problem.ID, r.Error, r.Value)
		}
		// The same test must be able to fail.
		r = run(t, s, "def "+problem.Entry+"(*a, **k): return object()\ncheck("+problem.Entry+")")
		if r.Error == nil {
			t.Errorf("%s: a wrong solution passes", problem.ID)
		}
	}
	if err := scanner.Err(); err != nil || count != 164 {
		t.Errorf("%d problems, want 164; %v", count, err)
	}
}
