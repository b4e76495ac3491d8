package main

import (
	"context"
	"io"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/qwen-agent/qwen-agent/interpreter"
	"github.com/qwen-agent/qwen-agent/interpreter/python"
)

// sandboxMissing says why sandboxed Python cannot be had here, if it cannot.
var sandboxMissing = sync.OnceValue(func() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	s, err := interpreter.Open(ctx, interpreter.Options{Language: python.Language{}})
	if err == nil {
		s.Close()
	}
	return err
})

func TestByteSize(t *testing.T) {
	for text, want := range map[string]int64{"0": 0, "17": 17, "4K": 4 << 10, "512M": 512 << 20, "512MiB": 512 << 20, "2g": 2 << 30, " 1 ": 1} {
		var b byteSize
		if err := b.Set(text); err != nil || int64(b) != want {
			t.Errorf("%q: %d, %v, want %d", text, b, err, want)
		}
	}
	for _, text := range []string{"", "M", "-1", "1.5G", "9999999999G", "x"} {
		var b byteSize
		if err := b.Set(text); err == nil {
			t.Errorf("%q is taken for %d", text, b)
		}
	}
	for n, want := range map[byteSize]string{0: "0", 512 << 20: "512M", 3: "3", 1 << 30: "1G"} {
		if got := n.String(); got != want {
			t.Errorf("%d is shown as %s, want %s", int64(n), got, want)
		}
	}
}

// TestExecInterrupted ends the program while a cell runs that does not listen: the program
// does not wait for it.
func TestExecInterrupted(t *testing.T) {
	if err := sandboxMissing(); err != nil {
		t.Skipf("this machine cannot: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := command(ctx, "exec", "-c", "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nprint('begun', flush=True)\ntime.sleep(50)")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(out, make([]byte, len("begun\n"))); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	cmd.Process.Signal(os.Interrupt)
	cmd.Wait()
	if took := time.Since(began); cmd.ProcessState.ExitCode() != exitInterrupted || took > 5*time.Second {
		t.Errorf("it ended with %v after %v", cmd.ProcessState, took)
	}
}
