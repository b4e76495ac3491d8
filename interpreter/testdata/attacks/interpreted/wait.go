// try: wait for ever in every way there is
// layer: session
// effect: hang: the result does not come
// want: Timeout
// limits: wall=1s
// bare: no, the parent sees it without a sandbox too
// only: interpreted
package main

import (
	"os"
	"sync"
	"time"
)

func main() {
	var group sync.WaitGroup
	read, _, _ := os.Pipe()
	for _, wait := range []func(){
		func() { select {} }, func() { <-make(chan int) }, func() { var c chan int; c <- 1 }, func() { time.Sleep(time.Hour) },
		func() { c := sync.NewCond(new(sync.Mutex)); c.L.Lock(); c.Wait() }, func() { read.Read(make([]byte, 1)) },
	} {
		group.Go(wait)
	}
	group.Wait()
}
