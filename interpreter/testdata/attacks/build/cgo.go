// try: have C compiled into the cell
// layer: language
// effect: word: it runs
// want: SyntaxError|Error.*C
// bare: no, the kernel refuses it without a sandbox too
// short: yes
package main

// #include <stdlib.h>
import "C"

func main() {
	C.system(nil)
	effect("it runs")
}
