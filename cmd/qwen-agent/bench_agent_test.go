package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/eval/speed"
	"github.com/qwen-agent/qwen-agent/internal/testmodel"
)

// pretendServer answers as llama-server does, without a cache, for TestMain.
func pretendServer() {
	http.HandleFunc("/health", func(http.ResponseWriter, *http.Request) {})
	http.HandleFunc("/completion", func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Prompt []int32 `json:"prompt"`
			N      int     `json:"n_predict"`
		}
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{ // the client's loss
			"tokens": make([]int32, in.N), "timings": map[string]int{"prompt_n": len(in.Prompt)},
		})
	})
	fmt.Println(http.ListenAndServe("127.0.0.1:"+os.Args[slices.Index(os.Args, "--port")+1], nil))
}

// TestBenchAgent records tasks, plays them alone and beside a server, and compares.
func TestBenchAgent(t *testing.T) {
	t.Setenv("QWEN_AGENT_TEST_SERVER", "1")
	model := testmodel.Write(t, testmodel.Shape{Context: 2048})
	examples, recordings, out := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "rows.jsonl")
	for _, task := range speed.Tasks { // a tiny model can answer, since it has no choice
		text := "version: 1\nformat: hermes\nprompt: the thing\noutput: {schema: {enum: [\"the thought\", \"the answer\"]}}\n"
		if err := os.Mkdir(filepath.Join(examples, task), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(examples, task, "task.yaml"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	agent := func(args ...string) (string, error) {
		return measure(t, append([]string{"bench", "agent", "--model", model, "--threads", "1", "--examples", examples}, args...)...)
	}
	if text, err := agent("--record", recordings); err != nil || !strings.Contains(text, "fix: 1 answer recorded") {
		t.Fatalf("%v\n%s", err, text)
	}
	if text, err := agent("--recordings", recordings, "--reps", "1"); err != nil || !strings.Contains(text, "\nhello  ") || !strings.Contains(text, "\nall  ") {
		t.Errorf("alone: %v\n%s", err, text)
	}
	text, err := agent("--recordings", recordings, "--reps", "2", "--server", os.Args[0], "--peer", "other server 1.2", "--out", out)
	if err != nil || !strings.Contains(text, "hello | budget | fix | all three |") || !strings.Contains(text, "\n| other |") {
		t.Fatalf("beside a server: %v\n%s", err, text)
	}
	table, err := measure(t, "bench", "table", out)
	if err != nil || !strings.HasSuffix(text, table) {
		t.Errorf("%v: the table of the rows is\n%s", err, table)
	}
	rows, err := readRows(out)
	if err != nil || len(rows) != 4 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i, peer := range []string{speed.Ours, "other server 1.2", speed.Ours, "other server 1.2"} {
		r := rows[i]
		if r.Peer != peer || r.Threads != 1 || r.Model != filepath.Base(model) {
			t.Errorf("row %d: %+v, want one of %s", i, r, peer)
		}
		for _, key := range []string{"agent_hello_s", "agent_budget_s", "agent_fix_s", "agent_s"} {
			if _, ok := r.Values[key]; !ok {
				t.Errorf("row %d has no %s", i, key)
			}
		}
		read, cached := r.Values["agent_read"], r.Values["agent_cached"]
		if first := rows[0].Values; r.Values["agent_written"] != first["agent_written"] || read+cached != first["agent_read"]+first["agent_cached"] {
			t.Errorf("row %d: the sides do not do equal work: %v and %v", i, r.Values, first)
		}
	}
	if text, err := agent("--recordings", recordings, "--reps", "1", "--json"); err != nil || !strings.Contains(text, `{"peer":"qwen-agent",`) {
		t.Errorf("as JSON: %v\n%s", err, text)
	}
	for _, bad := range [][]string{
		{"--reps", "0"}, {"--recordings", t.TempDir()}, {"--recordings", recordings, "--server", "/nowhere"}, {"surplus"},
	} {
		if text, err := agent(bad...); err == nil {
			t.Errorf("%v is let through:\n%s", bad, text)
		}
	}
}
