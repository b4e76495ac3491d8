package interpreter

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/qwen-agent/qwen-agent/interpreter/sandbox"
)

// holdings are what sessions could leave behind in this process and on the machine.
type holdings struct {
	descriptors int
	mounts      int
	folders     map[string]bool // in the temporary folder, and groups
}

func hold(t *testing.T) holdings {
	t.Helper()
	h := holdings{folders: map[string]bool{}}
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	h.descriptors = len(entries)
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	h.mounts = strings.Count(string(mounts), "\n")
	own := fmt.Sprintf("qwen-agent-%d-*", os.Getpid()) // of this process: other tests run beside
	patterns := []string{filepath.Join(os.TempDir(), "*")}
	groups, _ := os.ReadFile("/proc/self/mounts")
	for line := range strings.Lines(string(groups)) {
		if f := strings.Fields(line); len(f) > 2 && strings.HasPrefix(f[2], "cgroup") {
			for _, depth := range []string{"", "*", "*/*", "*/*/*"} {
				patterns = append(patterns, filepath.Join(f[1], depth, own))
			}
		}
	}
	for _, p := range patterns {
		names, _ := filepath.Glob(p)
		for _, n := range names {
			h.folders[n] = true
		}
	}
	return h
}

// nothingLeft compares what there is with what was there before, and looks for processes and goroutines.
func nothingLeft(t *testing.T, before holdings, idle goleak.Option) {
	t.Helper()
	if err := goleak.Find(idle); err != nil { // waits a little for those that are ending
		t.Error(err)
	}
	after := hold(t)
	if after.descriptors > before.descriptors {
		t.Errorf("%d descriptors before, %d after", before.descriptors, after.descriptors)
	}
	if after.mounts != before.mounts {
		t.Errorf("%d mounts before, %d after", before.mounts, after.mounts)
	}
	for name := range after.folders {
		if !before.folders[name] {
			t.Errorf("%s is left", name)
		}
	}
	var status syscall.WaitStatus
	if pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil); err != syscall.ECHILD {
		t.Errorf("a child is left: %d, %v", pid, err)
	}
}

// TestManySessions opens sessions one after another and at once: nothing may be left.
func TestManySessions(t *testing.T) {
	n := 200
	if testing.Short() {
		n = 20
	}
	t.Setenv("TMPDIR", t.TempDir())
	s := open(t, Options{})
	run(t, s, "get")
	s.Close()
	before, idle, heap := hold(t), goleak.IgnoreCurrent(), heapInUse()
	for range n {
		s, err := Open(context.Background(), Options{Language: words{}})
		if err != nil {
			t.Fatal(err)
		}
		run(t, s, "set x")
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	// A session that is kept holds more than 64 KiB.
	if grown := heapInUse() - heap; grown > int64(n)<<12 {
		t.Errorf("%d sessions have left %d bytes of memory", n, grown)
	}
	var all sync.WaitGroup
	for range 32 {
		all.Go(func() {
			s, err := Open(context.Background(), Options{Language: words{}})
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			if r, err := s.Run(context.Background(), "get"); err != nil || r.Error != nil {
				t.Errorf("%+v, %v", r, err)
			}
		})
	}
	all.Wait()
	nothingLeft(t, before, idle)
}

// heapInUse is what the heap holds, garbage aside, in bytes.
func heapInUse() int64 {
	runtime.GC()
	runtime.GC() // the first has finalizers run
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestCancelledStarts ends the context at a random moment of the start, in all of its phases.
func TestCancelledStarts(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	s := open(t, Options{})
	began := time.Now()
	again, err := Open(context.Background(), Options{Language: words{}})
	if err != nil {
		t.Fatal(err)
	}
	whole := 2 * time.Since(began)
	again.Close()
	s.Close()
	n := 150
	if testing.Short() {
		n = 30
	}
	for _, o := range []Options{
		{Language: words{}},
		{Language: words{}, Level: sandbox.Basic, Without: []sandbox.Layer{sandbox.MountNamespace, sandbox.PIDNamespace}},
		{Language: words{}, Level: sandbox.Off},
	} {
		before, idle := hold(t), goleak.IgnoreCurrent()
		cancelled, opened := 0, 0
		for i := range n {
			ctx, cancel := context.WithTimeout(context.Background(), whole*time.Duration(i)/time.Duration(n)+time.Duration(rand.IntN(1000))*time.Microsecond)
			s, err := Open(ctx, o)
			switch {
			case err == nil:
				opened++
				s.Close()
			case errors.Is(err, context.DeadlineExceeded):
				cancelled++
			default:
				t.Errorf("level %v: %v", o.Level, err)
			}
			cancel()
		}
		if cancelled == 0 {
			t.Errorf("level %v: no start of %d was cancelled", o.Level, n)
		}
		t.Logf("level %v: %d opened, %d cancelled", o.Level, opened, cancelled)
		nothingLeft(t, before, idle)
	}
}

// TestClosedAnywhere closes sessions, and a pool, while cells run, sessions start again and others open.
func TestClosedAnywhere(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	open(t, Options{}).Close() // or skip
	before, idle := hold(t), goleak.IgnoreCurrent()
	n := 40
	if testing.Short() {
		n = 10
	}
	cells := []string{"get", "sleep", "deaf", "exit 1", "raw ffff", "flood"}
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			s, err := Open(context.Background(), Options{Language: words{}})
			if err != nil {
				t.Error(err)
				return
			}
			time.AfterFunc(time.Duration(rand.IntN(60))*time.Millisecond, func() { s.Interrupt() })
			closed := make(chan error)
			go func() {
				time.Sleep(time.Duration(rand.IntN(120)) * time.Millisecond)
				closed <- s.Close()
			}()
			for err := error(nil); err == nil; { // a cell that ends the kernel has the next start another
				_, err = s.Run(context.Background(), cells[i%len(cells)])
				if err != nil && !errors.Is(err, ErrClosed) && !strings.Contains(err.Error(), "start words") {
					t.Errorf("%s: %v", cells[i%len(cells)], err)
				}
			}
			if err := <-closed; err != nil {
				t.Error(err)
			}
		})
		if i%8 == 7 {
			all.Wait()
		}
	}
	all.Wait()
	for range n / 10 {
		p, err := NewPool(3, Options{Language: words{}})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rand.IntN(60)) * time.Millisecond)
		p.Close()
	}
	nothingLeft(t, before, idle)
}
