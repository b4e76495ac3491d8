// try: exchange an interface under a reader until type and value are of two values, and so reach any memory
// layer: session
// effect: parent: the session does not say what became of it
// want: done|Crash|panic|Timeout|InterpreterError
// limits: wall=3s
// bare: no, the parent sees it without a sandbox too
// only: interpreted
package main

import (
	"fmt"
	"time"
)

type big struct{ a, b, c, d int }

var shared any = 1
var small any = 7
var large any = &big{1, 2, 3, 4}

func main() {
	end := time.Now().Add(time.Second)
	go func() {
		for time.Now().Before(end) {
			for range 1000 {
				shared = small
				shared = large
			}
		}
	}()
	n := 0
	for time.Now().Before(end) {
		for range 1000 {
			switch v := shared.(type) {
			case *big:
				n += v.d
			case int:
				n += v
			}
		}
	}
	fmt.Println("done")
}
