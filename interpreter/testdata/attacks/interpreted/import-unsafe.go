// try: import unsafe
// layer: language
// effect: word: it runs
// want: CompileError.*cannot be imported
// bare: no, nothing outside is aimed at
// only: interpreted
package main

import "unsafe"

func main() {
	_ = unsafe.Pointer(uintptr(1))
	effect("it runs")
}
