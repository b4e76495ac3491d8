//go:build unix

package interpreter

import (
	"context"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/qwen-agent/qwen-agent/interpreter/sandbox"
)

func skipMissing(t *testing.T, err error) {
	t.Helper()
	var missing *sandbox.MissingError
	if errors.As(err, &missing) {
		t.Skipf("this machine cannot: %v", err)
	}
}

func TestSessionKeepsState(t *testing.T) {
	s := open(t, Options{})
	run(t, s, "set hello")
	r := run(t, s, "get")
	if r.Value != "hello" || r.Cell != 2 || r.Error != nil || r.Notice != "" {
		t.Errorf("got %+v", r)
	}
	if r.Sandbox.Level != sandbox.Strict || r.Time <= 0 {
		t.Errorf("level %v, time %v", r.Sandbox.Level, r.Time)
	}
}

func TestSessionError(t *testing.T) {
	s := open(t, Options{})
	r := run(t, s, "fail no such word")
	if r.Error == nil || *r.Error != (CellError{Type: "WordError", Message: "no such word", Line: 1}) || r.Ended {
		t.Errorf("got %+v, %+v", r, r.Error)
	}
}

func TestSessionInterrupt(t *testing.T) {
	s := open(t, Options{})
	run(t, s, "set kept")
	time.AfterFunc(50*time.Millisecond, s.Interrupt)
	r := run(t, s, "sleep")
	if r.Stopped != Interrupted || r.Ended || r.Error == nil || r.Error.Type != "Interrupted" || r.Error.Line != 1 {
		t.Errorf("got %+v, %+v", r, r.Error)
	}
	if r := run(t, s, "get"); r.Value != "kept" {
		t.Errorf("the state is %q after an interrupt", r.Value)
	}
	s.Interrupt() // with no cell it is nothing
	if r := run(t, s, "get"); r.Value != "kept" || r.Error != nil {
		t.Errorf("an interrupt between cells: %+v", r)
	}
}

func TestSessionContext(t *testing.T) {
	s := open(t, Options{})
	run(t, s, "set kept")
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	r, err := s.Run(ctx, "sleep")
	if !errors.Is(err, context.DeadlineExceeded) || r.Stopped != Interrupted || r.Ended {
		t.Errorf("got %v, %+v", err, r)
	}
	if r := run(t, s, "get"); r.Value != "kept" {
		t.Errorf("the state is %q after the context ended", r.Value)
	}
	if _, err := s.Run(ctx, "get"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("with a context that is over: %v", err)
	}
}

func TestSessionTimeout(t *testing.T) {
	s := open(t, Options{Limits: sandbox.Limits{Wall: 100 * time.Millisecond}, Grace: 100 * time.Millisecond})
	run(t, s, "set kept")
	if r := run(t, s, "sleep"); r.Stopped != WallTime || r.Ended || r.Error.Type != "Timeout" || !strings.Contains(r.Error.Message, "100ms") {
		t.Errorf("a cell that listens: %+v, %+v", r, r.Error)
	}
	if r := run(t, s, "get"); r.Value != "kept" {
		t.Errorf("the state is %q after a timeout", r.Value)
	}
	if r := run(t, s, "deaf"); r.Stopped != WallTime || !r.Ended || !strings.Contains(r.Error.Message, "did not stop") {
		t.Errorf("a cell that does not listen: %+v, %+v", r, r.Error)
	}
	r := run(t, s, "get")
	if r.Value != "" || !strings.Contains(r.Notice, "are gone") || !strings.Contains(r.Notice, "100ms") {
		t.Errorf("after it was killed: %+v", r)
	}
	if r := run(t, s, "get"); r.Notice != "" {
		t.Errorf("the notice came twice: %q", r.Notice)
	}
}

func TestSessionCPU(t *testing.T) {
	s := open(t, Options{Limits: sandbox.Limits{CPU: 200 * time.Millisecond}, Grace: 100 * time.Millisecond})
	run(t, s, "spin") // goes on after its cell
	if r := run(t, s, "deaf"); r.Stopped != CPUTime || !r.Ended {
		t.Errorf("got %+v, %+v", r, r.Error)
	}
	run(t, s, "spin")
	time.Sleep(2500 * time.Millisecond)
	if r := run(t, s, "get"); !strings.Contains(r.Notice, "left running") {
		t.Errorf("after something was left running: %q", r.Notice)
	}
}

func TestSessionCrash(t *testing.T) {
	s := open(t, Options{})
	run(t, s, "set gone")
	r := run(t, s, "exit")
	if r.Error == nil || r.Error.Type != "Crash" || !r.Ended || !strings.Contains(r.Error.Message, "status 3") {
		t.Errorf("got %+v, %+v", r, r.Error)
	}
	if r = run(t, s, "get"); r.Value != "" || !strings.Contains(r.Notice, "are gone") {
		t.Errorf("after a crash: %+v", r)
	}
}

// TestSessionLies has the kernel send what a kernel does not.
func TestSessionLies(t *testing.T) {
	for _, test := range []struct{ name, raw, want string }{
		{"garbage", "\x00\x00\x00\x05hello", "no reply"},
		{"long length", "\xff\xff\xff\xff", "its length is 4294967295"},
		{"reply twice", "", "nobody asked for"},
		{"another reply", "\x00\x00\x00\x0a{\"id\":999}", "nobody asked for"},
		{"unknown field", "\x00\x00\x00\x0a{\"evil\":1}", "unknown field"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := open(t, Options{})
			var r Result
			if test.raw != "" {
				r = run(t, s, "raw "+hex.EncodeToString([]byte(test.raw)))
			} else {
				run(t, s, "forge") // the second reply comes with the next cell
				r = run(t, s, "print x")
			}
			if r.Error == nil || r.Error.Type != "ProtocolError" || !r.Ended || !strings.Contains(r.Error.Message, test.want) {
				t.Errorf("got %+v, %+v", r, r.Error)
			}
			if r := run(t, s, "get"); !strings.Contains(r.Notice, "are gone") || r.Error != nil {
				t.Errorf("after it: %+v", r)
			}
		})
	}
}

// TestSessionAhead has a cell that answers for the next one, at the moment when an answer
// is waited for.
func TestSessionAhead(t *testing.T) {
	s := open(t, Options{})
	run(t, s, "ahead")
	r := run(t, s, "get")
	if r.Error == nil || r.Error.Type != "ProtocolError" || !r.Ended || r.Value == "forged" {
		t.Errorf("%+v, %+v", r, r.Error)
	}
	if r := run(t, s, "get"); r.Error != nil || r.Value != "" {
		t.Errorf("afterwards: %+v, %+v", r, r.Error)
	}
}

func TestSessionOutput(t *testing.T) {
	var mu sync.Mutex
	var streamed strings.Builder
	s := open(t, Options{Output: func(o Output) {
		mu.Lock()
		defer mu.Unlock()
		if !o.Stderr {
			streamed.Write(o.Text)
		}
	}})
	if r := run(t, s, "print hello"); r.Stdout != "hello\n" || r.StdoutCut != 0 {
		t.Errorf("got %+v", r)
	}
	r := run(t, s, "flood") // 64 MiB
	if len(r.Stdout) > maxOutput+100 || r.StdoutCut != 64<<20-maxOutput || !strings.Contains(r.Stdout, "left out") {
		t.Errorf("%d bytes kept, %d left out", len(r.Stdout), r.StdoutCut)
	}
	if r := run(t, s, "print again"); r.Stdout != "again\n" {
		t.Errorf("after a flood: %q", r.Stdout)
	}
	mu.Lock()
	defer mu.Unlock()
	if n := streamed.Len(); n > maxOutput || !strings.HasPrefix(streamed.String(), "hello\n0123") || !strings.HasSuffix(streamed.String(), "again\n") {
		t.Errorf("%d bytes streamed", n)
	}
}

func TestSessionBusyAndClosed(t *testing.T) {
	s := open(t, Options{})
	done := make(chan Result)
	go func() {
		r, err := s.Run(context.Background(), "sleep")
		for errors.Is(err, ErrBusy) { // with a cell of the loop below
			r, err = s.Run(context.Background(), "sleep")
		}
		done <- r
	}()
	for {
		if _, err := s.Run(context.Background(), "get"); errors.Is(err, ErrBusy) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	s.Interrupt()
	for r := (Result{}); ; s.Interrupt() { // the first may come before the cell has begun
		select {
		case r = <-done:
		case <-time.After(20 * time.Millisecond):
			continue
		}
		if r.Stopped != Interrupted {
			t.Errorf("got %+v", r)
		}
		break
	}
	go func() {
		time.Sleep(50 * time.Millisecond)
		s.Close()
	}()
	if _, err := s.Run(context.Background(), "deaf"); !errors.Is(err, ErrClosed) {
		t.Errorf("closed while a cell runs: %v", err)
	}
	if _, err := s.Run(context.Background(), "get"); !errors.Is(err, ErrClosed) {
		t.Errorf("closed before: %v", err)
	}
	s.Close()
}

func TestSessionBadCells(t *testing.T) {
	s := open(t, Options{})
	for _, test := range []struct{ name, cell, want string }{
		{"nothing", "", "the cell is empty"},
		{"blank", " \n\t\r\n", "the cell is empty"},
		{"NUL", "a\nb\x00", "NUL byte at offset 3, line 2"},
		{"not UTF-8", "print \xff", "not UTF-8: byte 0xff at offset 6, line 1"},
		{"10 MB", strings.Repeat("x", 10<<20), "10485760 bytes, wanted at most 1048576"},
	} {
		if _, err := s.Run(context.Background(), test.cell); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
	if r := run(t, s, "set \uFFFD is fine"); r.Error != nil {
		t.Errorf("U+FFFD itself: %+v", r.Error)
	}
}

func TestSessionWorkspace(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("data/in.csv", "a,b\n1,2\n")
	os.Symlink("/etc/passwd", filepath.Join(dir, "outside"))
	s := open(t, Options{Workspace: dir})
	run(t, s, "set x")
	if text, err := s.ReadFile("data/in.csv"); err != nil || string(text) != "a,b\n1,2\n" {
		t.Errorf("copied in: %q, %v", text, err)
	}
	if _, err := s.ReadFile("outside"); err == nil {
		t.Error("a link out of the workspace was copied in")
	}
	changed := func(cell string, want ...File) {
		t.Helper()
		if r := run(t, s, cell); !slices.Equal(r.Files, want) {
			t.Errorf("%s: files %v, want %v", cell, r.Files, want)
		}
	}
	changed("write 5 out.txt", File{"out.txt", Created, 5, true})
	if info, err := os.Stat(filepath.Join(dir, "out.txt")); err != nil || info.Size() != 5 {
		t.Errorf("copied out: %v, %v", info, err)
	}
	changed("get")
	changed("write 7 data/in.csv", File{"data/in.csv", Changed, 7, true})
	changed("remove data/in.csv", File{"data/in.csv", Removed, 0, false})
	if _, err := os.Stat(filepath.Join(dir, "data/in.csv")); err != nil {
		t.Error("a file that the session did not make was removed outside")
	}
	changed("remove out.txt", File{"out.txt", Removed, 0, false})
	if _, err := os.Stat(filepath.Join(dir, "out.txt")); err == nil {
		t.Error("a file that the session made is still there outside")
	}
	write("late.txt", "late")
	run(t, s, "get")
	if text, err := s.ReadFile("late.txt"); err != nil || string(text) != "late" {
		t.Errorf("a file that came later: %q, %v", text, err)
	}
	os.RemoveAll(dir)
	if _, err := s.Run(context.Background(), "get"); err == nil || !strings.Contains(err.Error(), "the workspace is gone") {
		t.Errorf("without its workspace: %v", err)
	}
}

// TestSessionLinkedFolder has a link in the user's folder, and a cell that writes below it.
func TestSessionLinkedFolder(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	if err := os.Symlink(outside, filepath.Join(dir, "data")); err != nil {
		t.Fatal(err)
	}
	s := open(t, Options{Workspace: dir})
	run(t, s, "mkdir data")
	r := run(t, s, "write 3 data/file")
	if len(r.Files) != 1 || !strings.Contains(r.Notice, "Not copied: data/file") {
		t.Errorf("files %v, notice %q", r.Files, r.Notice)
	}
	if entries, err := os.ReadDir(outside); err != nil || len(entries) > 0 {
		t.Errorf("written through the link: %v, %v", entries, err)
	}
}

// TestSessionTraps fills the workspace with what is no file.
func TestSessionTraps(t *testing.T) {
	dir := t.TempDir()
	s := open(t, Options{Workspace: dir})
	began := time.Now()
	r := run(t, s, "trap")
	if time.Since(began) > 5*time.Second {
		t.Errorf("it took %v", time.Since(began))
	}
	for _, name := range []string{"link", "up"} {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			t.Errorf("%s was copied out", name)
		}
	}
	if len(r.Files) != 0 || !strings.Contains(r.Notice, "link (no regular file)") || !strings.Contains(r.Notice, "too deep") {
		t.Errorf("files %v, notice %q", r.Files, r.Notice)
	}
	if r := run(t, s, "claim ../../etc/passwd"); len(r.Pictures) != 0 {
		t.Errorf("pictures %v", r.Pictures)
	}
}

func TestSessionDisk(t *testing.T) {
	s := open(t, Options{Limits: sandbox.Limits{Files: 1 << 20}})
	if r := run(t, s, "write 900000 a"); r.Error != nil {
		t.Errorf("below the limit: %+v", r.Error)
	}
	if r := run(t, s, "write 900000 b"); r.Error == nil || !strings.Contains(r.Error.Message, "no space") {
		t.Errorf("two files above the limit: %+v", r.Error)
	}
	dir := t.TempDir()
	os.WriteFile(filepath.Join(dir, "big"), make([]byte, 2<<20), 0o644)
	s = open(t, Options{Limits: sandbox.Limits{Files: 1 << 20}, Workspace: dir})
	if _, err := s.Run(context.Background(), "get"); err == nil || !strings.Contains(err.Error(), "holds 2 MB of files, wanted at most 1 MB") {
		t.Errorf("a workspace above the limit: %v", err)
	}
}

// TestSessionHoles has files that are larger than what they take inside. They must not fill
// the user's folder beyond what the next cell can have copied in.
func TestSessionHoles(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "mine"), make([]byte, 1000), 0o644); err != nil {
		t.Fatal(err)
	}
	s := open(t, Options{Limits: sandbox.Limits{Files: 1 << 20}, Workspace: dir})
	for range 3 {
		run(t, s, "hole 700000 a") // again and again the same
	}
	for _, cell := range []string{"hole 600000 b", "hole 340000 c", "hole 1048576 d"} {
		r := run(t, s, cell)
		if name := cell[len(cell)-1:]; strings.Contains(r.Notice, "Not copied: "+name) != (name == "b" || name == "d") {
			t.Errorf("%s: notice %q", cell, r.Notice)
		}
	}
	run(t, s, "exit") // what was copied out fits into the next child
	run(t, s, "get")
}

func TestOpenRefuses(t *testing.T) {
	if _, err := Open(context.Background(), Options{}); err == nil || !strings.Contains(err.Error(), "no language") {
		t.Errorf("without a language: %v", err)
	}
	if _, err := Open(context.Background(), Options{Language: words{}, Workspace: "/no/such/folder"}); err == nil || !strings.Contains(err.Error(), "open the workspace") {
		t.Errorf("without its workspace: %v", err)
	}
	_, err := Open(context.Background(), Options{Language: words{}, Without: []sandbox.Layer{sandbox.Seccomp}})
	var missing *sandbox.MissingError
	if !errors.As(err, &missing) {
		t.Errorf("strict without seccomp: %v", err)
	}
}

func TestSessionLevels(t *testing.T) {
	for _, o := range []Options{
		{Level: sandbox.Basic, Without: []sandbox.Layer{sandbox.MountNamespace}},
		{Level: sandbox.Basic, Without: []sandbox.Layer{sandbox.UserNamespace, sandbox.MountNamespace, sandbox.PIDNamespace,
			sandbox.NetNamespace, sandbox.IPCNamespace, sandbox.UTSNamespace, sandbox.Cgroup}},
		{Level: sandbox.Basic, Without: []sandbox.Layer{sandbox.Landlock, sandbox.Seccomp}},
		{Level: sandbox.Off},
	} {
		s := open(t, o)
		if r := run(t, s, "write 5 file"); r.Error != nil || len(r.Files) != 1 || r.Sandbox.Level != o.Level {
			t.Errorf("%v without %v: %+v, %+v", o.Level, o.Without, r, r.Error)
		}
	}
}
