package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/qwen-agent/qwen-agent/internal/testmodel"
)

// TestKeepPrefix runs a task in one process after the other: the second need not read it, unless it is told to.
func TestKeepPrefix(t *testing.T) {
	model := testmodel.Write(t, testmodel.Shape{})
	dir := files(t, map[string]string{"task.yaml": longTask})
	home := t.TempDir()
	run := func(args ...string) (cached, prompt int) {
		cmd := command(t.Context(), append([]string{"run", filepath.Join(dir, "task.yaml"), "--model", model, "--events", "jsonl"}, args...)...)
		cmd.Env = append(cmd.Env, "QWEN_AGENT_HOME="+home)
		out, _ := cmd.Output() // random words may end in any way
		for line := range bytes.Lines(out) {
			var e struct {
				Event string
				Usage *struct{ Cached, Prompt int }
			}
			if json.Unmarshal(line, &e) == nil && e.Usage != nil {
				cached, prompt = e.Usage.Cached, e.Usage.Prompt
			}
		}
		if prompt == 0 {
			t.Fatalf("no usage in %s", out)
		}
		return cached, prompt
	}
	kept := func() int {
		found, err := os.ReadDir(filepath.Join(home, "cache", "prefixes"))
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		return len(found)
	}
	before, _ := run("--keep-prefix=false")
	if n := kept(); n != 0 {
		t.Errorf("%d files are kept though none is wanted", n)
	}
	if first, _ := run(); first != before || kept() != 1 {
		t.Errorf("the first run had %d tokens cached, want %d as without files; %d files are kept", first, before, kept())
	}
	second, prompt := run()
	if second <= before || second > prompt {
		t.Errorf("the second run had %d of %d tokens cached, want more than %d", second, prompt, before)
	}
	if again, _ := run("--keep-prefix=false"); again != before {
		t.Errorf("a run without files had %d tokens cached, want %d", again, before)
	}
}
