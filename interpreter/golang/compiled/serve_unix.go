//go:build unix

package compiled

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/qwen-agent/qwen-agent/interpreter/wire"
)

// init turns the process into the kernel if it was started as such.
func init() {
	if len(os.Args) == 1 && os.Args[0] == kernelName {
		serve()
	}
}

// kernel is the state of a session.
type kernel struct {
	builder
	memory     *memory
	importable map[string]bool
	interrupts chan os.Signal
}

// serve takes cells until the pipe closes. It never returns.
func serve() {
	in, out := os.NewFile(3, "commands"), os.NewFile(4, "replies")
	syscall.CloseOnExec(3) // what a cell is made into sees neither
	syscall.CloseOnExec(4)
	k, err := newKernel(in)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if wire.Write(out, wire.Reply{Ready: true}) != nil {
		os.Exit(0)
	}
	for {
		var c wire.Command
		if wire.Read(in, wire.Max, &c) != nil {
			os.Exit(0)
		}
		reply := k.do(c)
		reply.ID = c.ID
		if wire.Write(out, reply) != nil {
			os.Exit(0)
		}
	}
}

// newKernel reads the settings and what a cell may import.
func newKernel(in *os.File) (*kernel, error) {
	k := &kernel{memory: newMemory(), importable: map[string]bool{}, interrupts: make(chan os.Signal, 1)}
	boot, err := wire.ReadRaw(in, wire.Max)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(boot, &k.settings); err != nil {
		return nil, fmt.Errorf("read the settings: %w", err)
	}
	k.run = k.runTool
	list, err := os.Open(filepath.Join(k.Library, importsFile))
	if err != nil {
		return nil, fmt.Errorf("read the list of packages: %w", err)
	}
	defer list.Close()
	for lines := bufio.NewScanner(list); lines.Scan(); {
		path, _, _ := strings.Cut(strings.TrimPrefix(lines.Text(), "packagefile "), "=")
		if path != supportPath {
			k.importable[path] = true
		}
	}
	signal.Notify(k.interrupts, os.Interrupt)
	return k, nil
}

// do carries out a cell.
func (k *kernel) do(c wire.Command) (r wire.Reply) {
	select {
	case <-k.interrupts: // it was meant for a cell before this one
	default:
	}
	p, wrong := newProgram(k.memory, k.importable, c.Cell, c.Code)
	if wrong != nil {
		return wire.Reply{Error: wrong}
	}
	temp := os.TempDir()
	os.Chmod(temp, 0o700) // whatever a cell did to it
	dir, err := os.MkdirTemp(temp, "build-")
	if err != nil {
		return wire.Reply{Error: &wire.Error{Type: "BuildError", Message: "the build has no place: " + err.Error()}}
	}
	defer os.RemoveAll(dir)
	ctx, stop := k.interruptible()
	defer stop()
	executable, wrong := k.build(ctx, dir, p)
	if wrong != nil {
		return wire.Reply{Error: wrong}
	}
	k.memory.keep(p)
	if executable == "" {
		return wire.Reply{}
	}
	return k.execute(ctx, executable, p)
}
