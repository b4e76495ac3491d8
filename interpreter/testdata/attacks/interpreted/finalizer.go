// try: have the collector run code of its own when no cell runs
// layer: language
// effect: word: it runs
// want: finalizers cannot be had
// bare: no, nothing outside is aimed at
// only: interpreted
package main

import "runtime"

func main() {
	runtime.SetFinalizer(new(int), func(*int) { effect("it runs") })
	runtime.GC()
}
