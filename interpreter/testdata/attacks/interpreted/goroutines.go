// try: start goroutines that start goroutines
// layer: session
// effect: hang: the result does not come
// want: MemoryLimit|Timeout|Crash
// limits: wall=4s memory=256MB
// bare: no, the parent sees it without a sandbox too
// only: interpreted
package main

func more() {
	go more()
	go more()
	select {}
}

func main() {
	more()
}
