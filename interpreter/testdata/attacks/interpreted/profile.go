// try: turn on what the runtime can record of itself, and take all processors
// layer: session
// effect: parent: the session does not say so
// want: done|Crash
// bare: no, the parent sees it without a sandbox too
// only: interpreted
package main

import (
	"fmt"
	"runtime"
)

func main() {
	runtime.MemProfileRate = 1
	runtime.SetBlockProfileRate(1)
	runtime.SetMutexProfileFraction(1)
	runtime.SetCPUProfileRate(1000)
	runtime.GOMAXPROCS(512)
	runtime.LockOSThread()
	fmt.Println("done", runtime.StartTrace())
}
