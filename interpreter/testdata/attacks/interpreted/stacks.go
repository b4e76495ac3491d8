// try: read the interpreter's own stack and memory statistics for what it is not told
// layer: start
// effect: leak: a token is shown
// want: goroutine
// bare: no, nothing outside is aimed at
// only: interpreted
package main

import (
	"fmt"
	"os"
	"runtime"
)

func main() {
	text := make([]byte, 60000)
	fmt.Println(string(text[:runtime.Stack(text, true)]))
	fmt.Println(os.Environ(), os.Args)
}
