// Package golang runs cells of Go without compiling them. Variables, functions, types and
// imports stay from cell to cell, no toolchain is needed, and a session starts in
// milliseconds. It is slower than compiled code: see package golang/compiled.
//
// # How
//
// A cell is taken apart (package cell), type-checked by go/types against what the earlier
// cells declared and what package library says of the standard library, brought into SSA
// form, and run by package machine. So errors are the compiler's, and what the language
// says about generics, loop variables, deferred calls and the like is what happens.
//
// What cannot be had is refused with what to write instead; nothing is run that would mean
// something else.
package golang

import (
	"context"
	"os"
	"runtime"

	"github.com/qwen-agent/qwen-agent/interpreter"
	"github.com/qwen-agent/qwen-agent/interpreter/golang/cell"
	"github.com/qwen-agent/qwen-agent/interpreter/sandbox"
)

// Language is interpreted Go.
type Language struct{}

// Name is "go".
func (Language) Name() string { return "go" }

// Incomplete says whether more lines must follow before the code of a prompt can run.
func (Language) Incomplete(code string) bool { return cell.Incomplete(code) }

// kernelName is Args[0] of the kernel, by which our own binary sees what it is to do.
const kernelName = "qwen-agent-go"

// Kernel is our own binary.
func (Language) Kernel(context.Context) (interpreter.Kernel, error) {
	program := sandbox.Program{Args: []string{kernelName}, Env: []string{"LANG=C.UTF-8", "GOMAXPROCS=1", "GOTRACEBACK=none"}}
	if zone, set := os.LookupEnv("TZ"); set {
		program.Env = append(program.Env, "TZ="+zone)
	}
	for _, path := range []string{"/etc/localtime", "/usr/share/zoneinfo"} {
		if _, err := os.Stat(path); err == nil {
			program.Read = append(program.Read, path)
		}
	}
	return interpreter.Kernel{Version: "Go " + runtime.Version()[len("go"):] + ", interpreted", Program: program}, nil
}
