package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/internal/testmodel"
)

// measure runs a command in this process and returns what it prints.
func measure(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	root := newRootCmd()
	root.SetArgs(args)
	root.SetOut(&out)
	root.SetErr(&out)
	err := root.ExecuteContext(t.Context())
	return out.String(), err
}

func TestBench(t *testing.T) {
	model := testmodel.Write(t, testmodel.Shape{Context: 8192})
	out, err := measure(t, "bench", "--model", model, "--threads", "2", "--reps", "1", "--json")
	if err != nil {
		t.Fatal(err)
	}
	var report map[string]any
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	for _, key := range []string{"model", "threads", "load_s", "system", "pp128", "pp512", "pp2048", "tg64", "tg64@512", "tg64@4096", "batch8", "gap_ms", "peak_rss_mb"} {
		if _, ok := report[key]; !ok {
			t.Errorf("no %q in %s", key, out)
		}
	}
	out, err = measure(t, "bench", "--model", model, "--reps", "1", "--only", "tg64,pp128")
	if err != nil || !strings.Contains(out, "pp128") || !strings.Contains(out, "tg64 ") || strings.Contains(out, "pp512") {
		t.Errorf("two measurements: %v\n%s", err, out)
	}
	for _, bad := range [][]string{{"--reps", "0"}, {"--only", "pp3"}, {"--threads", "-1"}, {"--cache-mb", "-1"}} {
		if _, err := measure(t, append([]string{"bench", "--model", model}, bad...)...); err == nil {
			t.Errorf("%v is let through", bad)
		} else if code, _ := exitCode(err); code != exitUsage {
			t.Errorf("%v: exit code %d, want %d (%v)", bad, code, exitUsage, err)
		}
	}
}

func TestBenchLookup(t *testing.T) {
	model, out := testmodel.Write(t, testmodel.Shape{}), filepath.Join(t.TempDir(), "rows.jsonl")
	text, err := measure(t, "bench", "lookup", "--model", model, "--threads", "2", "--reps", "1", "--only", "new/1,new/3", "--out", out)
	if err != nil || !strings.Contains(text, "new/3") || strings.Contains(text, "new/2") {
		t.Fatalf("%v\n%s", err, text)
	}
	row, err := os.ReadFile(out)
	if err != nil || !strings.Contains(string(row), `"guessing_new_x":`) {
		t.Errorf("the row is %s, %v", row, err)
	}
	text, err = measure(t, "bench", "lookup", "--model", model, "--reps", "1", "--only", "new/1", "--json")
	var report struct {
		Texts []struct{ Ratio float64 }
	}
	if jerr := json.Unmarshal([]byte(text), &report); err != nil || jerr != nil || len(report.Texts) != 2 || report.Texts[0].Ratio <= 0 {
		t.Errorf("%v, %v in %s", err, jerr, text)
	}
	for bad, code := range map[string]int{"--reps=0": exitUsage, "--lookup=-1": exitUsage, "--lookup=0": exitUsage, "--lookup=16": exitUsage, "--only=new/9": exitUsage, "--only=edits": exitFailed} {
		if _, err := measure(t, "bench", "lookup", "--model", model, "--data", t.TempDir(), bad); err == nil {
			t.Errorf("%v is let through", bad)
		} else if got, _ := exitCode(err); got != code {
			t.Errorf("%v: exit code %d, want %d (%v)", bad, got, code, err)
		}
	}
}

func TestBenchProfile(t *testing.T) {
	if testing.Short() {
		t.Skip("measures the machine for half a second")
	}
	model := testmodel.Write(t, testmodel.Shape{Context: 8192})
	out, err := measure(t, "bench", "profile", "--model", model, "--threads", "2")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"GB/s are read", "| reading 512 tokens", "| writing at 0 tokens", "| writing at 4096 tokens", "| attend |", "(output layer)", "| all | 100.0 % |"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if _, err := measure(t, "bench", "profile", "--model", model, "--threads", "-1"); err == nil {
		t.Error("-1 threads are let through")
	}
}

func TestEvalGolden(t *testing.T) {
	model := testmodel.Write(t, testmodel.Shape{})
	tokens, _, _ := testmodel.Vocabulary()
	dir := t.TempDir()
	reference := map[string]any{
		"model": "reference", "vocabulary": len(tokens),
		"prompts": []map[string]any{{
			"name": "a prompt", "ids": []int{1, 2, 3}, "positions_from": 1, "greedy": []int{5, 6},
			"top_ids": [][]int{{7, 8}, {9, 10}}, "top_logprobs": [][]float64{{-0.5, -2}, {-0.5, -2}},
		}},
	}
	data, err := json.Marshal(reference)
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"prompts.json": data, "last_logits.f32": make([]byte, 4*len(tokens))} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := measure(t, "eval", "golden", dir, "--model", model, "--json")
	if err != nil {
		t.Fatal(err)
	}
	var report struct {
		Positions int      `json:"positions"`
		Top1      *float64 `json:"top1_percent"`
		MeanKL    float64  `json:"mean_kl"`
		Prompts   []any    `json:"prompts"`
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil || report.Positions != 2 || report.Top1 == nil || !(report.MeanKL > 0) || len(report.Prompts) != 1 {
		t.Errorf("%v in %s", err, out)
	}
	out, err = measure(t, "eval", "golden", dir, "--model", model)
	if err != nil || !strings.Contains(out, "a prompt") || !strings.Contains(out, "top-1 agreement") {
		t.Errorf("%v in %s", err, out)
	}
	if _, err := measure(t, "eval", "golden", t.TempDir(), "--model", model); err == nil || !strings.Contains(err.Error(), "prompts.json") {
		t.Errorf("an empty folder: %v", err)
	}
}

func TestBenchSessions(t *testing.T) {
	out := filepath.Join(t.TempDir(), "rows.jsonl")
	text, err := measure(t, "bench", "sessions", "--reps", "2", "--series", "2", "--at-once", "2", "--only", "start,cell,series", "--out", out)
	if err != nil {
		t.Skipf("this machine cannot: %v", err)
	}
	for _, part := range []string{"| qwen-agent, CPython ", "| goal |", "| sessions | 0 |"} {
		if !strings.Contains(text, part) {
			t.Errorf("no %q in\n%s", part, text)
		}
	}
	again, err := measure(t, "bench", "sessions", "table", out)
	if err != nil || again != text {
		t.Errorf("the table of the row is %v\n%s\nwant\n%s", err, again, text)
	}
	text, err = measure(t, "bench", "sessions", "--reps", "1", "--only", "cell", "--json")
	var row struct {
		Peer string
		Cell *struct{ N int } `json:"cell_ms"`
	}
	if jerr := json.Unmarshal([]byte(text), &row); err != nil || jerr != nil || row.Peer != "qwen-agent" || row.Cell == nil || row.Cell.N != 10 {
		t.Errorf("%v, %v in %s", err, jerr, text)
	}
	for bad, code := range map[string]int{"--reps=0": exitUsage, "--series=0": exitUsage, "--at-once=-1": exitUsage, "--only=speed": exitUsage, "--lang=c": exitUsage} {
		if _, err := measure(t, "bench", "sessions", bad); err == nil {
			t.Errorf("%v is let through", bad)
		} else if got, _ := exitCode(err); got != code {
			t.Errorf("%v: exit code %d, want %d (%v)", bad, got, code, err)
		}
	}
	if _, err := measure(t, "bench", "sessions", "table", filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a table of a file that is not there")
	}
}
