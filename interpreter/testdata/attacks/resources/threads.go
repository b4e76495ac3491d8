// try: start ten thousand threads
// layer: rlimits
// effect: word: it has them
// want: thread|resource temporarily unavailable
// bare: no, it would hold up this machine
package main

import (
	"runtime"
	"sync"
	"time"
)

func main() {
	var all sync.WaitGroup
	for range 5000 {
		all.Go(func() {
			runtime.LockOSThread()
			time.Sleep(2 * time.Second)
		})
	}
	all.Wait()
	effect("it has them")
}
