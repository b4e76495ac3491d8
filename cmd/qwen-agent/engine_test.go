package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/qwen-agent/qwen-agent/internal/testmodel"
	"github.com/qwen-agent/qwen-agent/react"
)

const longTask = `version: 1
prompt: Write on and on.
tools: [calc]
limits: {tokens: 40}
`

// TestEngine runs a task on the real engine with a tiny model, whose words mean nothing:
// whatever it writes, the run ends as documented.
func TestEngine(t *testing.T) {
	model := testmodel.Write(t, testmodel.Shape{})
	for _, format := range react.Formats {
		dir := files(t, map[string]string{"task.yaml": longTask})
		cmd := command(t.Context(), "run", filepath.Join(dir, "task.yaml"), "--model", model, "--format", format, "--thinking", "5", "--json", "--keep-prefix=false", "--threads", "1")
		var out, log bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &log
		_ = cmd.Run() // the exit code says it
		var got struct {
			Reason string
			Model  string
			Usage  struct{ Prompt, Generated int }
		}
		if err := json.Unmarshal(out.Bytes(), &got); err != nil {
			t.Fatalf("%s: %v: %s%s", format, err, out.String(), log.String())
		}
		want := map[string]int{"answered": 0, "no_answer": 1, "limit": 3}
		if code, known := want[got.Reason]; !known || cmd.ProcessState.ExitCode() != code {
			t.Errorf("%s: ended with %q and exit code %d: %s", format, got.Reason, cmd.ProcessState.ExitCode(), log.String())
		}
		if got.Usage.Prompt == 0 || got.Usage.Generated == 0 || got.Usage.Generated > 40 {
			t.Errorf("%s: usage %+v, want at most the 40 tokens of the limit", format, got.Usage)
		}
	}
}

// TestEngineInterrupt: the real engine stops in time as well.
func TestEngineInterrupt(t *testing.T) {
	model := testmodel.Write(t, testmodel.Shape{})
	task := strings.Replace(longTask, "{tokens: 40}", "{tokens: 1000000, steps: 1000}", 1)
	task = strings.Replace(task, "tools: [calc]", "output: {schema: {type: array, minItems: 100000, items: {type: integer}}}", 1)
	dir := files(t, map[string]string{"task.yaml": task})
	best := time.Hour
	for range 3 {
		took, text := interruptOnce(t, dir, []string{"--model", model, "--threads", "1", "--keep-prefix=false"}, []string{"MODEL_SCRIPT="}, "answer: ", os.Interrupt, 130)
		if !strings.Contains(text, "qwen-agent: interrupted\n") {
			t.Fatalf("it said\n%s", text)
		}
		if best = min(best, took); best < 200*time.Millisecond {
			return
		}
	}
	t.Errorf("ended after %v, want 200 ms", best)
}

// TestDamagedModel: a model file that is cut off or changed is an error, never a crash.
func TestDamagedModel(t *testing.T) {
	whole, err := os.ReadFile(testmodel.Write(t, testmodel.Shape{}))
	if err != nil {
		t.Fatal(err)
	}
	dir := files(t, map[string]string{"task.yaml": longTask})
	for name, damage := range map[string][]byte{
		"half":      whole[:len(whole)/2],
		"no end":    whole[:len(whole)-1],
		"head":      whole[:24],
		"other":     bytes.Replace(whole, []byte("qwen2"), []byte("llama"), 1),
		"key":       bytes.Replace(whole, []byte("block_count"), []byte("block_caunt"), 1),
		"head size": append(append([]byte{}, whole[:8]...), bytes.Repeat([]byte{0xff}, 16)...),
	} {
		path := filepath.Join(dir, name+".gguf")
		if err := os.WriteFile(path, damage, 0o644); err != nil {
			t.Fatal(err)
		}
		cmd := command(t.Context(), "run", filepath.Join(dir, "task.yaml"), "--model", path)
		var out, log bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &log
		_ = cmd.Run() // the exit code says it
		if code := cmd.ProcessState.ExitCode(); code != 1 || out.Len() > 0 || !strings.HasPrefix(log.String(), "qwen-agent: open the model: open "+path) || strings.Contains(log.String(), "goroutine") {
			t.Errorf("%s: exit code %d, stdout %q, stderr\n%s", name, code, out.String(), log.String())
		}
	}
}

// TestInterruptFetch: Ctrl-C ends a fetch, and the part that came stays for the next one.
func TestInterruptFetch(t *testing.T) {
	const size = 1 << 20
	more := make(chan struct{})
	defer close(more)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(size))
		if r.Method == http.MethodHead {
			return
		}
		_, _ = w.Write(make([]byte, size/2))
		if f, ok := w.(http.Flusher); ok {
			f.Flush()
		}
		select {
		case <-more:
		case <-r.Context().Done():
		}
	}))
	defer server.Close()
	home := t.TempDir()
	dir := files(t, map[string]string{"task.yaml": longTask})
	env := []string{"MODEL_SCRIPT=", "QWEN_AGENT_OFFLINE=", "QWEN_AGENT_HOME=" + home}
	best := time.Hour
	for range 3 {
		took, text := interruptOnce(t, dir, []string{"--model", server.URL + "/m.gguf"}, env, "% of ", os.Interrupt, 130)
		if !strings.Contains(text, "qwen-agent: interrupted\n") || strings.Contains(text, "goroutine") {
			t.Fatalf("it said\n%s", text)
		}
		best = min(best, took)
	}
	if best > 200*time.Millisecond {
		t.Errorf("ended after %v, want 200 ms", best)
	}
	if whole, _ := filepath.Glob(filepath.Join(home, "models", "url", "*", "*", "m.gguf")); len(whole) > 0 {
		t.Errorf("a file that is not complete has its name: %v", whole)
	}
}
