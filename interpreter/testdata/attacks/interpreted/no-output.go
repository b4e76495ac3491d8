// try: close its output, and set it to nothing
// layer: session
// effect: parent: the next cell does not work
// want: .*
// bare: no, the parent sees it without a sandbox too
// only: interpreted
package main

import (
	"fmt"
	"os"
)

func main() {
	os.Stdout.Close()
	os.Stderr.Close()
	os.Stdout, os.Stderr, os.Stdin = nil, nil, nil
	fmt.Println("nobody hears")
	println("nor this")
}
