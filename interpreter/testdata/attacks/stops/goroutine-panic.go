// try: end the program from a goroutine that nothing can recover
// layer: session
// effect: parent: the session does not say so
// want: panic
// bare: no, the parent sees it without a sandbox too
package main

import "time"

func main() {
	go func() { panic("from outside") }()
	time.Sleep(time.Second)
}
