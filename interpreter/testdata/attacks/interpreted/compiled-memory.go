// try: take memory in compiled code, which does not ask the interpreter
// layer: session
// effect: parent: the session does not say so
// want: MemoryLimit|Crash|out of memory|panic
// limits: memory=256MB
// bare: no, the parent sees it without a sandbox too
// only: interpreted
package main

import "strings"

func main() {
	println(len(strings.Repeat("x", 1<<33)))
	println(len(strings.Repeat("x", 1<<46)))
}
