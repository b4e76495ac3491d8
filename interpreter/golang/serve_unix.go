//go:build unix

package golang

import (
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"

	"github.com/qwen-agent/qwen-agent/interpreter/wire"
)

// init turns the process into the kernel if it was started as such.
func init() {
	if len(os.Args) == 1 && os.Args[0] == kernelName {
		serve()
	}
}

// maxStack bounds the stack of a goroutine, in bytes. The machine's own bound is lower.
const maxStack = 1 << 30

// threads is what the stacks of threads and the tables of Go's runtime take of the limit of
// memory, though they hardly use it: 120 MB were measured.
const threads = 150 << 20

// processors is how many threads run the goroutines of cells. The start, which has no use for
// more than one, is quicker with that: no thread is made and woken for another processor.
const processors = 4

// serve takes cells until the pipe closes. It never returns.
func serve() {
	in, out := os.NewFile(3, "commands"), os.NewFile(4, "replies")
	syscall.CloseOnExec(3)
	syscall.CloseOnExec(4)
	debug.SetMaxStack(maxStack)
	debug.SetGCPercent(200)
	memory := int64(0)
	var limit syscall.Rlimit // what else would be garbage must not be what ends the session
	if syscall.Getrlimit(syscall.RLIMIT_DATA, &limit) == nil && limit.Cur < 1<<50 {
		memory = max(int64(limit.Cur)-threads, int64(limit.Cur)/4) / 100 * 80
		debug.SetMemoryLimit(memory / 100 * 80)
	}
	s := newSession()
	s.machine.Limit(memory)
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	go func() {
		for range interrupts {
			s.machine.Stop()
		}
	}()
	if wire.Write(out, wire.Reply{Ready: true}) != nil {
		os.Exit(0)
	}
	for first := true; ; first = false {
		var c wire.Command
		if wire.Read(in, wire.Max, &c) != nil {
			os.Exit(0)
		}
		if first {
			runtime.GOMAXPROCS(processors)
		}
		reply := s.do(c.Cell, c.Code)
		reply.ID = c.ID
		if wire.Write(out, reply) != nil {
			os.Exit(0)
		}
	}
}
