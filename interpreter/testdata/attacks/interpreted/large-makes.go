// try: make what fits into no memory, in every way there is
// layer: session
// effect: parent: the session does not say so
// want: Error|panic|MemoryLimit|out of memory
// bare: no, the parent sees it without a sandbox too
// only: interpreted
package main

import "fmt"

func try(f func()) {
	defer func() { fmt.Println(recover()) }()
	f()
}

func main() {
	n := 1 << 45
	try(func() { _ = make([]byte, n) })
	try(func() { _ = make([]struct{}, n) })
	try(func() { _ = make(map[int]int, n) })
	try(func() { _ = make(chan [1 << 10]int, n) })
	try(func() { _ = append([]byte{}, make([]byte, n>>5)...) })
	panic("the end")
}
