// try: write to a map from many goroutines, which the runtime does not survive
// layer: session
// effect: parent: the session does not say so
// want: concurrent map|done
// bare: no, the parent sees it without a sandbox too
package main

import (
	"fmt"
	"sync"
)

func main() {
	m := map[int]int{}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i := range 1 << 18 {
				m[i] = i
			}
		})
	}
	all.Wait()
	fmt.Println("done")
}
