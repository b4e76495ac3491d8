// try: have arrays that fit into no memory
// layer: session
// effect: parent: the session does not say so
// want: Error|panic|MemoryLimit|out of memory
// bare: no, the parent sees it without a sandbox too
// only: interpreted
package main

var a [1 << 33]byte
var b [1 << 40][1 << 20]int

func main() {
	a[1] = 1
	b[1][1] = 1
	effect("it has them")
}
