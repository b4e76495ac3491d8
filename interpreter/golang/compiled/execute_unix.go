//go:build unix

package compiled

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/qwen-agent/qwen-agent/interpreter/wire"
)

// stopTime is how long a program has to end after it was interrupted. It is less than the
// session's own grace, so that the session, with what it knows, lives on.
const stopTime = 400 * time.Millisecond

// maxValue is how much of what a program sends as its value is read, in bytes.
const maxValue = 64 << 10

// interruptible is a context that ends with the next interrupt.
func (k *kernel) interruptible() (context.Context, func()) {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		select {
		case <-k.interrupts:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// runTool runs the compiler or the linker.
func (k *kernel) runTool(ctx context.Context, cmd *exec.Cmd) error {
	// Its home is the folder that is removed after the build: it leaves notes of its own there.
	cmd.Env = []string{"HOME=" + cmd.Dir, "TMPDIR=" + cmd.Dir, fmt.Sprintf("GOMAXPROCS=%d", toolThreads)}
	if err := startGroup(cmd); err != nil {
		return err
	}
	return waitFor(ctx, cmd, 0)
}

// execute runs the program of a cell.
func (k *kernel) execute(ctx context.Context, path string, p *program) (r wire.Reply) {
	cmd := exec.Command(path)
	cmd.Args = []string{"cell"}
	cmd.Env = append(os.Environ(), "GOTRACEBACK=single", fmt.Sprintf("GOMAXPROCS=%d", k.Threads))
	cmd.Stdout = os.Stdout
	errRead, errWrite, err := os.Pipe()
	if err != nil {
		return wire.Reply{Error: &wire.Error{Type: "RunError", Message: err.Error()}}
	}
	defer errRead.Close()
	valueRead, valueWrite, err := os.Pipe()
	if err != nil {
		errWrite.Close()
		return wire.Reply{Error: &wire.Error{Type: "RunError", Message: err.Error()}}
	}
	defer valueRead.Close()
	cmd.Stderr, cmd.ExtraFiles = errWrite, []*os.File{valueWrite}
	err = startGroup(cmd)
	errWrite.Close()
	valueWrite.Close()
	if err != nil {
		return wire.Reply{Error: &wire.Error{Type: "RunError", Message: startText(err)}}
	}
	crash := &crashWriter{out: os.Stderr}
	var value []byte
	var readers sync.WaitGroup
	readers.Go(func() { io.Copy(crash, errRead) })
	readers.Go(func() {
		value, _ = io.ReadAll(io.LimitReader(valueRead, maxValue))
		io.Copy(io.Discard, valueRead) // a program that sends more is not kept waiting
	})
	err = waitFor(ctx, cmd, stopTime)
	sweep(cmd.Process.Pid)
	for _, f := range []*os.File{errRead, valueRead} { // should anything hold the other end still
		f.SetReadDeadline(time.Now().Add(time.Second))
	}
	readers.Wait()
	if err == nil {
		crash.release()
		if len(value) > 0 {
			r.Value, r.Cut = strings.ToValidUTF8(string(value[1:]), "?"), value[0] == 'c' || len(value) == maxValue
		}
		return r
	}
	r.Error = k.failure(ctx, err, crash, p)
	return r
}

// failure says how a program has failed.
func (k *kernel) failure(ctx context.Context, err error, crash *crashWriter, p *program) *wire.Error {
	text, crashed := crash.report()
	var exit *exec.ExitError
	if ctx.Err() == nil && crashed && errors.As(err, &exit) && exit.ExitCode() == 2 {
		return crashError(text, p.cell.Name)
	}
	crash.release()
	if ctx.Err() != nil {
		return &wire.Error{Type: "Interrupted", Message: "the cell was interrupted"}
	}
	if !errors.As(err, &exit) {
		return &wire.Error{Type: "RunError", Message: err.Error()}
	}
	status, _ := exit.Sys().(syscall.WaitStatus)
	if status.Signaled() {
		message := "the program was ended by signal " + status.Signal().String()
		if status.Signal() == syscall.SIGKILL {
			message += ", as it happens when it uses more than the limit of memory"
		}
		return &wire.Error{Type: "Crash", Message: message}
	}
	return &wire.Error{Type: "ExitError", Message: fmt.Sprintf("the program ended with exit status %d", exit.ExitCode())}
}

// startText is why a program could not be started.
func startText(err error) string {
	if errors.Is(err, syscall.ENOMEM) {
		return "the program needs more memory than the cell's limit before it begins: its variables are too large"
	}
	return "the program cannot be started: " + err.Error()
}

// startGroup starts a command as a process group of its own, where that may be: outside
// of a pid namespace the sandbox does not let a group be left.
func startGroup(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	err := cmd.Start()
	if !errors.Is(err, syscall.EPERM) {
		return err
	}
	again := *cmd
	*cmd = exec.Cmd{Path: again.Path, Args: again.Args, Env: again.Env, Dir: again.Dir, Stdout: again.Stdout, Stderr: again.Stderr,
		ExtraFiles: again.ExtraFiles, WaitDelay: again.WaitDelay}
	return cmd.Start()
}

// waitFor waits for a command. When the context ends the command is interrupted, and
// killed if it goes on for longer than grace.
func waitFor(ctx context.Context, cmd *exec.Cmd, grace time.Duration) error {
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	if grace > 0 {
		signalGroup(cmd.Process.Pid, syscall.SIGINT)
		select {
		case err := <-done:
			return ended(err)
		case <-time.After(grace):
		}
	}
	signalGroup(cmd.Process.Pid, syscall.SIGKILL)
	return ended(<-done)
}

// ended makes sure that a command that was stopped counts as failed.
func ended(err error) error {
	if err == nil {
		return errors.New("it was stopped")
	}
	return err
}

// signalGroup signals a command and what it has started, or the command alone.
func signalGroup(pid int, s syscall.Signal) {
	if syscall.Kill(-pid, s) != nil {
		syscall.Kill(pid, s)
	}
}

// sweep ends everything that a program has left behind. The first process of a pid
// namespace can end all others, and is who must bury them.
func sweep(pid int) {
	if os.Getpid() != 1 {
		syscall.Kill(-pid, syscall.SIGKILL)
		return
	}
	syscall.Kill(-1, syscall.SIGKILL)
	for range 1000 {
		buried, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
		if err == syscall.ECHILD {
			return
		}
		if buried == 0 {
			time.Sleep(time.Millisecond)
		}
	}
}
