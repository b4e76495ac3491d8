// try: unlock what is not locked, which the runtime does not survive
// layer: session
// effect: parent: the session does not say so
// want: fatal error|Crash|unlock
// bare: no, the parent sees it without a sandbox too
// only: interpreted
package main

import "sync"

func main() {
	defer func() { recover() }()
	var m sync.Mutex
	m.Unlock()
}
