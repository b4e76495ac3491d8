// Package compiled runs cells of Go by compiling them: each becomes a program that is
// built and run inside the sandbox, by the compiler and the linker of a Go toolchain that is
// installed on the machine. It is the whole language at its full speed.
//
// # What is kept between cells
//
// Types, functions, methods, constants and imports of earlier cells can be used in later
// ones, and may be declared again; a type that is declared again starts without its old
// methods. Variables are not kept, because each cell is a program of its own: who uses one
// of an earlier cell is told so.
//
// # What a cell may be
//
// Declarations and statements in any order, or a whole program, whose main function runs.
// The value of the last expression is shown. Imports that are not used and variables of
// the cell's own level that are not used are no errors; a package of the standard library
// that is used without an import is imported. A var before the first statement belongs to
// the package, and functions see it; one after it belongs to the statements.
//
// # How it is built
//
// The go command takes no part in the sandbox. Its standard library is compiled once,
// outside, into a folder that sessions can read and not write. For a cell the compiler gets
// one file for each earlier cell that it needs, and the linker what came of it and that
// folder. There is no build cache that a cell could leave something in for the next
// session, and nothing reads go.mod, environment variables, assembly, C, or files to embed.
package compiled

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/qwen-agent/qwen-agent/interpreter"
	"github.com/qwen-agent/qwen-agent/interpreter/golang/cell"
	"github.com/qwen-agent/qwen-agent/interpreter/sandbox"
)

// Language is compiled Go. The zero value uses the toolchain that Find finds.
type Language struct {
	// Go is the go command of the toolchain, as a path or a name to look up in PATH.
	Go string

	// Notice, if it is set, is told before something is done once that takes long.
	Notice func(text string)
}

// Name is "go".
func (Language) Name() string { return "go" }

// Incomplete says whether more lines must follow before the code of a prompt can run.
func (Language) Incomplete(code string) bool { return cell.Incomplete(code) }

// kernelName is Args[0] of the kernel, by which our own binary sees what it is to do.
const kernelName = "qwen-agent-go-compiled"

// settings is what the kernel is told first.
type settings struct {
	Compile string `json:"compile"`
	Link    string `json:"link"`
	Library string `json:"library"`
	Minor   int    `json:"minor"`
	Threads int    `json:"threads"` // that a tool or a cell may compute in
}

// Bounds of the number of threads, because threads count as processes, of which there are
// 64: tools and kernel together stay far below, and a cell of a machine with many cores too.
const (
	toolThreads = 4
	cellThreads = 16
)

// Kernel finds a toolchain and compiles its standard library if that has not been done yet.
func (l Language) Kernel(ctx context.Context) (interpreter.Kernel, error) {
	if !supported {
		return interpreter.Kernel{}, fmt.Errorf("compiled cells cannot be had on %s; leave --compiled out", runtime.GOOS)
	}
	t, err := Find(ctx, l.Go)
	if err != nil {
		return interpreter.Kernel{}, err
	}
	parent, err := libraries()
	if err != nil {
		return interpreter.Kernel{}, err
	}
	lib, err := prepare(ctx, t, parent, l.Notice)
	if err != nil {
		return interpreter.Kernel{}, err
	}
	boot, err := json.Marshal(settings{t.Compile, t.Link, lib.dir, t.Minor, min(runtime.NumCPU(), cellThreads)})
	if err != nil {
		return interpreter.Kernel{}, err
	}
	program := sandbox.Program{
		Args:     []string{kernelName},
		Env:      []string{"LANG=C.UTF-8", fmt.Sprintf("GOMAXPROCS=%d", toolThreads)},
		Read:     []string{lib.dir},
		Exec:     []string{t.Compile, t.Link},
		ExecTemp: true,
	}
	if zone, set := os.LookupEnv("TZ"); set {
		program.Env = append(program.Env, "TZ="+zone)
	}
	for _, path := range []string{"/etc/localtime", "/usr/share/zoneinfo"} {
		if _, err := os.Stat(path); err == nil {
			program.Read = append(program.Read, path)
		}
	}
	for _, tool := range []string{t.Compile, t.Link} {
		if loader := sandbox.Loader(tool); loader != "" {
			program.Exec = append(program.Exec, loader)
			program.Read = append(program.Read, sandbox.LinkerPaths()...)
		}
	}
	for _, list := range [][]string{program.Read, program.Exec} {
		for i, path := range list {
			list[i] = filepath.Clean(path)
		}
	}
	return interpreter.Kernel{Version: "Go " + t.Version[len("go"):] + ", compiled", Boot: boot, Program: program}, nil
}
