//go:build !linux || !(amd64 || arm64)

package sandbox

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// Start refuses every level but Off: there is no sandbox here, and half of one that
// nobody could test would be worse than none.
func Start(ctx context.Context, config Config) (*Process, error) {
	if err := config.Program.check(); err != nil {
		return nil, err
	}
	config.Limits = config.Limits.WithDefaults()
	if err := config.Limits.check(); err != nil {
		return nil, err
	}
	if config.Level != Off {
		return nil, &MissingError{config.Level, UserNamespace, fmt.Sprintf(
			"the sandbox needs Linux on amd64 or arm64, and this is %s on %s; run in a Linux container or virtual machine", runtime.GOOS, runtime.GOARCH)}
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("sandbox: start: %w", err)
	}
	p := &Process{done: make(chan struct{}), Owner: -1}
	for _, layer := range Layers {
		p.Report.Layers = append(p.Report.Layers, LayerState{layer, false, "switched off"})
	}
	p.Report.Level = Off
	if err := startPlain(p, config.Program); err != nil {
		if p.tidy != nil {
			p.tidy()
		}
		return nil, fmt.Errorf("sandbox: start: %w", err)
	}
	return p, nil
}

// startPlain starts the program in a session and a folder of its own.
func startPlain(p *Process, program Program) error {
	dir, err := os.MkdirTemp("", "qwen-agent-")
	if err != nil {
		return err
	}
	p.tidy = func() { os.RemoveAll(dir) }
	p.WorkDir = filepath.Join(dir, "work")
	if err := os.Mkdir(p.WorkDir, 0o700); err != nil {
		return err
	}
	if p.Work, err = os.OpenRoot(p.WorkDir); err != nil {
		return err
	}
	var files [outFD + 1]*os.File
	defer func() {
		for _, f := range files {
			if f != nil {
				f.Close()
			}
		}
	}()
	if files[0], err = os.Open(os.DevNull); err != nil {
		return err
	}
	for _, c := range []struct{ read, write **os.File }{
		{&p.Stdout, &files[1]}, {&p.Stderr, &files[2]}, {&files[inFD], &p.In}, {&p.Out, &files[outFD]},
	} {
		if *c.read, *c.write, err = os.Pipe(); err != nil {
			return err
		}
	}
	path := program.Path
	if path == "" {
		if path, err = os.Executable(); err != nil {
			return err
		}
	}
	p.proc, err = os.StartProcess(path, program.Args, &os.ProcAttr{
		Dir: p.WorkDir, Env: append([]string{"HOME=" + p.WorkDir, "TMPDIR=" + dir}, program.Env...), Files: files[:], Sys: ownSession(),
	})
	if err != nil {
		return err
	}
	p.pid = p.proc.Pid
	go func() {
		p.state, _ = p.proc.Wait()
		close(p.done)
	}()
	return nil
}

func (p *Process) killAll() {
	select {
	case <-p.done:
	default:
		killSession(p.proc)
	}
}

// Usage is only known once the program has ended.
func (p *Process) Usage() (u Usage) {
	select {
	case <-p.done:
		if p.state != nil {
			u.CPU = p.state.UserTime() + p.state.SystemTime()
		}
	default:
	}
	return u
}

// CPU is that of Usage.
func (p *Process) CPU() time.Duration { return p.Usage().CPU }

// OutOfMemory is not known here.
func (p *Process) OutOfMemory() bool { return false }

// ResetPeak does nothing here.
func (p *Process) ResetPeak() {}

// cgroup is for Linux.
type cgroup struct{}

func (*cgroup) remove() {}
