//go:build unix

// Package support is built into the program that is made of a compiled cell. It tells the
// kernel what the cell's last expression is worth.
package support

import (
	"os"
	"runtime/debug"
	"syscall"

	"github.com/qwen-agent/qwen-agent/interpreter/golang/show"
)

// out is the pipe to the kernel: one byte, v or c for a value that was cut, then the text.
var out = os.NewFile(3, "value")

// maxStack ends an endless recursion long before it has used all memory, so that Go can
// say what it was.
const maxStack = 128 << 20

func init() {
	syscall.CloseOnExec(3)
	debug.SetMaxStack(maxStack)
}

// Show passes on the value of the cell's last expression, or of several if it is a call.
func Show(values ...any) {
	text, cut := show.Text(values...)
	kind := "v"
	if cut {
		kind = "c"
	}
	out.WriteString(kind + text)
}

// End ends the program after the cell's statements, before its main function.
func End() { os.Exit(0) }
