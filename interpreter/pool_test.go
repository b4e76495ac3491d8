//go:build unix

package interpreter

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/qwen-agent/qwen-agent/interpreter/sandbox"
)

func TestPool(t *testing.T) {
	open(t, Options{}).Close() // or skip
	idle := goleak.IgnoreCurrent()
	p, err := NewPool(2, Options{Language: words{}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var last *Session
	var taken []*Session
	for range 5 {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "in"), []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		s, err := p.Take(ctx, dir, func(o Output) { out.Write(o.Text) })
		if err != nil {
			t.Fatal(err)
		}
		if s == last {
			t.Fatal("a session was given away twice")
		}
		last = s
		if r := run(t, s, "get"); r.Value != "" || r.Cell != 1 || len(r.Files) != 0 {
			t.Errorf("a fresh session: %+v", r)
		}
		run(t, s, "set kept")
		if r := run(t, s, "print hello"); r.Stdout != "hello\n" || out.String() != "hello\n" {
			t.Errorf("output %q, streamed %q", r.Stdout, out.String())
		}
		run(t, s, "write 2 out")
		if _, err := os.Stat(filepath.Join(dir, "out")); err != nil {
			t.Error(err)
		}
		if text, err := s.ReadFile("in"); err != nil || string(text) != "x" {
			t.Errorf("its workspace: %q, %v", text, err)
		}
		taken = append(taken, s)
	}
	if _, err := p.Take(ctx, "/no/such/folder", nil); err == nil || !strings.Contains(err.Error(), "open the workspace") {
		t.Errorf("without its workspace: %v", err)
	}
	p.Close()
	if _, err := p.Take(ctx, "", nil); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
	if r := run(t, last, "get"); r.Value != "kept" {
		t.Errorf("a session that was taken, after Close: %+v", r)
	}
	for _, s := range taken {
		s.Close()
	}
	if err := goleak.Find(idle); err != nil {
		t.Error(err)
	}
}

func TestPoolError(t *testing.T) {
	p, err := NewPool(1, Options{Language: words{}, Without: []sandbox.Layer{sandbox.Seccomp}})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	for range 2 {
		var missing *sandbox.MissingError
		if _, err := p.Take(context.Background(), "", nil); !errors.As(err, &missing) {
			t.Errorf("got %v, want a MissingError", err)
		}
	}
	if _, err := NewPool(0, Options{Language: words{}}); err == nil {
		t.Error("a pool of no sessions")
	}
	if _, err := NewPool(1, Options{Language: words{}, Workspace: "x"}); err == nil {
		t.Error("a pool with a workspace")
	}
}
