// try: loop and ignore the interrupt
// layer: session
// effect: hang: the result does not come
// want: Timeout
// bare: no, the parent's clock runs without a sandbox too
// limits: wall=3s
// layer-interpreted: language
// want-interpreted: CompileError.*os/signal.*cannot be imported
package main

import "os/signal"

func main() {
	signal.Ignore()
	for i := 0; i >= 0; i = (i + 1) & 1023 {
	}
}
