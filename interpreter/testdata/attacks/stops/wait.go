// try: wait for ever
// layer: session
// effect: hang: the result does not come
// want: Timeout
// bare: no, the parent's clock runs without a sandbox too
// limits: wall=3s
package main

import (
	"os"
	"os/signal"
)

func main() {
	signal.Notify(make(chan os.Signal, 1))
	select {}
}
