// try: wait for ever
// layer: session
// effect: hang: the result does not come
// want: Timeout
// bare: no, the parent's clock runs without a sandbox too
// limits: wall=3s
// layer-interpreted: language
// want-interpreted: CompileError.*os/signal.*cannot be imported
package main

import (
	"os"
	"os/signal"
)

func main() {
	signal.Notify(make(chan os.Signal, 1))
	select {}
}
