// try: start goroutines without end
// layer: session
// effect: hang: the result does not come
// want: MemoryLimit|limit of memory|out of memory|cannot allocate|Timeout
// bare: no, it would fill this machine's memory
// limits: wall=4s
package main

func main() {
	for {
		go func() { select {} }()
	}
}
