// try: have the collector close the interpreter's pipe, and open a file in its place
// layer: session
// effect: hang: the result does not come
// want: Timeout|ProtocolError|Crash
// limits: wall=3s
// bare: no, the parent sees it without a sandbox too
// only: interpreted
package main

import (
	"os"
	"runtime"
	"time"
)

func main() {
	func() { os.NewFile(4, "replies") }()
	for range 5 {
		runtime.GC()
		time.Sleep(10 * time.Millisecond)
	}
	kept, _ = os.Create("taken")
}

var kept *os.File
