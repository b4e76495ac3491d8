package machine

import (
	"context"
	"sync"
	"time"

	"github.com/qwen-agent/qwen-agent/interpreter/golang/library"
)

// Compiled code that starts a goroutine for a function of the cell knows nothing of how a
// cell ends: a panic there, or the stop of the cell, would end the process and with it the
// variables. So the function is guarded, as a goroutine of the cell's own is.
func init() {
	library.Replace("time", "AfterFunc", func(d time.Duration, f func()) *time.Timer { return time.AfterFunc(d, guard(f)) })
	library.Replace("context", "AfterFunc", func(ctx context.Context, f func()) func() bool { return context.AfterFunc(ctx, guard(f)) })
	library.Replace("*sync.WaitGroup", "Go", func(group *sync.WaitGroup, f func()) { group.Go(guard(f)) })
}

// guard makes f tell the cell that runs now how it panics.
func guard(f func()) func() {
	g := &goroutine{m: theMachine.Load()}
	g.run = g.m.run.Load()
	return func() {
		if p := g.protect(f); p != nil && !p.Stopped {
			g.run.fail(p)
		}
	}
}
