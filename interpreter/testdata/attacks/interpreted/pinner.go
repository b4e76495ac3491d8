// try: leave a pinned pointer to the collector, which panics where nobody can recover
// layer: session
// effect: parent: the session does not say so
// want: done|Crash|panic|Error
// bare: no, the parent sees it without a sandbox too
// only: interpreted
package main

import (
	"fmt"
	"runtime"
	"time"
)

func main() {
	func() {
		p := new(runtime.Pinner)
		p.Pin(new([64]int))
	}()
	for range 5 {
		runtime.GC()
		time.Sleep(10 * time.Millisecond)
	}
	fmt.Println("done")
}
