package main

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

const smallModel = "../../llm/gguf/testdata/small.gguf"

// modelServer serves the file of a small model, and before each answer calls hook.
func modelServer(t *testing.T, hook func(r *http.Request)) (link string, data []byte) {
	t.Helper()
	data, err := os.ReadFile(smallModel)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if hook != nil {
			hook(r)
		}
		w.Header().Set("ETag", `"1"`)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
	}))
	t.Cleanup(s.Close)
	return s.URL + "/small.gguf", data
}

func pullCommand(t *testing.T, home string, args ...string) (cmd *exec.Cmd, stdout, stderr *bytes.Buffer) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	cmd = command(ctx, args...)
	cmd.Env = append(cmd.Env, "QWEN_AGENT_HOME="+home, "QWEN_AGENT_OFFLINE=")
	stdout, stderr = &bytes.Buffer{}, &bytes.Buffer{}
	cmd.Stdout, cmd.Stderr = stdout, stderr
	return cmd, stdout, stderr
}

// TestPull: the path is all that stdout has; stderr tells the progress once for each ten
// percent; the list tells what the file itself says.
func TestPull(t *testing.T) {
	link, data := modelServer(t, nil)
	home := t.TempDir()
	cmd, stdout, stderr := pullCommand(t, home, "pull", link)
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %s", err, stderr)
	}
	path := strings.TrimSuffix(stdout.String(), "\n")
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, data) {
		t.Fatalf("the file %q differs from the server's: %v", path, err)
	}
	if !strings.Contains(stderr.String(), link+": 0% of 15.3 kB from 127.0.0.1") || !strings.Contains(stderr.String(), ": 100% of 15.3 kB") {
		t.Errorf("stderr:\n%s", stderr)
	}
	cmd, stdout, stderr = pullCommand(t, home, "models")
	if err := cmd.Run(); err != nil || stderr.Len() != 0 {
		t.Fatalf("%v: %s", err, stderr)
	}
	row := stdout.String()[strings.Index(stdout.String(), link):]
	if got := strings.Fields(row); strings.Join(got[1:], " ") != "15.3 kB Q4_K_M apache-2.0 "+path+" (sha256 not checked)" {
		t.Errorf("the list has %q", row)
	}
}

// TestPullInterrupted: Ctrl-C ends a fetch at once, with 130, and the next goes on.
func TestPullInterrupted(t *testing.T) {
	var hang atomic.Bool
	hang.Store(true)
	asked := make(chan struct{}, 10)
	link, data := modelServer(t, func(r *http.Request) {
		if hang.Load() && r.Header.Get("Range") != "bytes=0-0" {
			asked <- struct{}{}
			<-r.Context().Done()
		}
	})
	home := t.TempDir()
	cmd, stdout, stderr := pullCommand(t, home, "pull", link)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-asked
	start := time.Now()
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // the exit code says it
	if code := cmd.ProcessState.ExitCode(); code != exitInterrupted || stdout.Len() != 0 || !strings.Contains(stderr.String(), "qwen-agent: interrupted") {
		t.Errorf("exit code %d, stdout %q, stderr %q", code, stdout, stderr)
	}
	if d := time.Since(start); d > time.Second {
		t.Errorf("it took %v to end", d)
	}
	hang.Store(false)
	cmd, stdout, stderr = pullCommand(t, home, "pull", link)
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %s", err, stderr)
	}
	if got, err := os.ReadFile(strings.TrimSpace(stdout.String())); err != nil || !bytes.Equal(got, data) {
		t.Errorf("the file differs from the server's: %v", err)
	}
}

// TestPullFullDisk: where the path cannot be written, the exit code says so.
func TestPullFullDisk(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("no /dev/full here")
	}
	defer full.Close()
	link, _ := modelServer(t, nil)
	cmd, _, stderr := pullCommand(t, t.TempDir(), "pull", link)
	cmd.Stdout = full
	_ = cmd.Run() // the exit code says it
	if code := cmd.ProcessState.ExitCode(); code != exitFailed || !strings.Contains(stderr.String(), "no space left") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}
