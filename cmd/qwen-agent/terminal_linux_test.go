package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// terminal opens a pseudo-terminal: what is written to user is typed, what is read from
// it is on the screen.
func terminal(t *testing.T) (user, program *os.File) {
	t.Helper()
	user, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip("no pseudo-terminals here:", err)
	}
	t.Cleanup(func() { user.Close() })
	fd := int(user.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Skip("no pseudo-terminals here:", err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Skip("no pseudo-terminals here:", err)
	}
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip("no pseudo-terminals here:", err)
	}
	t.Cleanup(func() { program.Close() })
	return user, program
}

// screen collects what a terminal shows.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.ReplaceAll(s.text.String(), "\r\n", "\n")
}

func watch(user *os.File) *screen {
	s := &screen{}
	go func() {
		b := make([]byte, 4096)
		for {
			n, err := user.Read(b)
			s.mu.Lock()
			s.text.Write(b[:n])
			s.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	return s
}

// shows waits until the screen has some text.
func (s *screen) shows(t *testing.T, text string) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if strings.Contains(s.String(), text) {
			return
		}
	}
	t.Fatalf("the screen has\n%q\nwant %q", s, text)
}

const writing = "version: 1\nprompt: hi\nworkspace: w\ntools: [files]\n"

func write(name string) string {
	return fmt.Sprintf(`{"calls": [{"name": "write_file", "arguments": {"path": %q, "content": "x"}}]}`, name)
}

// start runs the program on a terminal.
func start(t *testing.T, dir string, program *os.File, env []string, args ...string) func() int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	cmd := command(ctx, append([]string{"run", filepath.Join(dir, "task.yaml")}, args...)...)
	cmd.Env = append(append(cmd.Env, "MODEL_SCRIPT="+filepath.Join(dir, "script.json"), "TERM=xterm", "NO_COLOR="), env...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = program, program, program
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cancel)
	return func() int {
		cmd.Wait() // the exit code says it
		return cmd.ProcessState.ExitCode()
	}
}

// TestTerminal: on a terminal the answer is streamed and stands there once; thoughts are
// dim, unless colours are not wanted.
func TestTerminal(t *testing.T) {
	dir := files(t, map[string]string{"task.yaml": waiting, "script.json": answer})
	for _, c := range []struct {
		env     []string
		colours bool
	}{{nil, true}, {[]string{"NO_COLOR=1"}, false}, {[]string{"TERM=dumb"}, false}} {
		user, program := terminal(t)
		s := watch(user)
		if code := start(t, dir, program, c.env)(); code != 0 {
			t.Fatalf("exit code %d: %s", code, s)
		}
		s.shows(t, "2 steps, 1 call")
		text := s.String()
		if strings.Count(text, "It is 42.") != 1 {
			t.Errorf("%v: the answer is not there once:\n%s", c.env, text)
		}
		if got := strings.Contains(text, "\x1b["); got != c.colours {
			t.Errorf("%v: colours are %v:\n%q", c.env, got, text)
		}
		if c.colours && !strings.Contains(text, dim+"thought: "+plain+dim+"Easy"+plain) {
			t.Errorf("the thought is not dim:\n%q", text)
		}
	}
}

// TestAsking: a call that changes something is asked about.
func TestAsking(t *testing.T) {
	script := "[" + write("one.txt") + "," + write("two.txt") + "," + write("three.txt") + `, {"text": "Done."}]`
	for _, c := range []struct {
		name   string
		typed  []string // an answer to each question
		there  []string // the files written
		absent []string
	}{
		{"yes and no", []string{"y", "n", "YES"}, []string{"one.txt", "three.txt"}, []string{"two.txt"}},
		{"always", []string{"", "a"}, []string{"two.txt", "three.txt"}, []string{"one.txt"}},
		{"nonsense is asked again", []string{"perhaps", "y", "no", "no"}, []string{"one.txt"}, []string{"two.txt", "three.txt"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := files(t, map[string]string{"task.yaml": writing, "script.json": script, "w/here.txt": ""})
			user, program := terminal(t)
			s := watch(user)
			wait := start(t, dir, program, nil)
			for i, answer := range c.typed {
				for end := time.Now().Add(10 * time.Second); strings.Count(s.String(), "allow? ") <= i; time.Sleep(5 * time.Millisecond) {
					if time.Now().After(end) {
						t.Fatalf("question %d does not come:\n%s", i+1, s)
					}
				}
				if _, err := user.WriteString(answer + "\n"); err != nil {
					t.Fatal(err)
				}
			}
			if code := wait(); code != 0 {
				t.Fatalf("exit code %d: %s", code, s)
			}
			for _, name := range c.there {
				if _, err := os.Stat(filepath.Join(dir, "w", name)); err != nil {
					t.Errorf("%v\n%s", err, s)
				}
			}
			for _, name := range c.absent {
				if _, err := os.Stat(filepath.Join(dir, "w", name)); err == nil {
					t.Errorf("%s was written\n%s", name, s)
				}
			}
		})
	}
}

// TestInterruptQuestion: Ctrl-C, typed, ends a question.
func TestInterruptQuestion(t *testing.T) {
	dir := files(t, map[string]string{"task.yaml": writing, "script.json": "[" + write("one.txt") + "]", "w/here.txt": ""})
	user, program := terminal(t)
	s := watch(user)
	wait := start(t, dir, program, nil)
	s.shows(t, "allow? ")
	begun := time.Now()
	if _, err := user.WriteString("\x03"); err != nil {
		t.Fatal(err)
	}
	code := wait()
	if code != 130 || time.Since(begun) > 2*time.Second {
		t.Errorf("exit code %d after %v:\n%s", code, time.Since(begun), s)
	}
	s.shows(t, "qwen-agent: interrupted")
	if _, err := os.Stat(filepath.Join(dir, "w", "one.txt")); err == nil {
		t.Error("the file was written")
	}
}
