// try: use up the stack
// layer: session
// effect: parent: the session does not say so
// want: stack overflow|stack exceeds|MemoryLimit|out of memory
// limits-compiled: memory=256MB
// bare: no, the parent sees it without a sandbox too
package main

func f(n int) int {
	return f(n+1) + 1
}

func main() {
	println(f(0))
}
