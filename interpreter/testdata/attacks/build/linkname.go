// try: reach what the standard library hides
// layer: language
// effect: word: it runs
// want: Error.*linkname
// bare: no, the kernel refuses it without a sandbox too
package main

import _ "unsafe"

//go:linkname exit runtime.exit
func exit(code int32)

func main() {
	effect("it runs")
	exit(0)
}
