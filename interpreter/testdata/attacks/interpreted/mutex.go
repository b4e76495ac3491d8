// try: lock a mutex twice, which no interrupt of interpreted code can end
// layer: session
// effect: hang: the result does not come
// want: Timeout
// limits: wall=1s
// bare: no, the parent sees it without a sandbox too
// only: interpreted
package main

import "sync"

func main() {
	var m sync.Mutex
	m.Lock()
	m.Lock()
}
