// try: use up the stack through compiled code, which calls it back
// layer: session
// effect: parent: the session does not say so
// want: stack overflow|MemoryLimit|Crash|Timeout
// limits: wall=10s memory=256MB
// bare: no, the parent sees it without a sandbox too
// only: interpreted
package main

import "fmt"

type deep struct{ n int }

func (d deep) String() string { return fmt.Sprint(deep{d.n + 1}) }

func main() {
	fmt.Println(deep{})
}
