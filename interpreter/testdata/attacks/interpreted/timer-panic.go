// try: panic where compiled code calls it, in a goroutine of its own
// layer: session
// effect: parent: the session does not say so
// want: panic: from a timer
// bare: no, the parent sees it without a sandbox too
// only: interpreted
package main

import "time"

func main() {
	time.AfterFunc(time.Millisecond, func() { panic("from a timer") })
	time.Sleep(300 * time.Millisecond)
}
