// try: fill the parent with the text of a panic
// layer: session
// effect: parent: its memory grows
// want: ^panic: x{100}
// bare: no, the parent sees it without a sandbox too
// only: interpreted
package main

import "strings"

func main() {
	panic(strings.Repeat("x", 64<<20))
}
