// try: have the parser, the checker and the compiler of the interpreter use up the stack
// layer: session
// effect: parent: the session does not say so
// want: Error|Crash|MemoryLimit|Timeout|InterpreterError
// limits: wall=10s
// bare: no, the parent sees it without a sandbox too
// only: interpreted
package main

const deep = DEEP + LONG

func main() {
	println(deep)
}
