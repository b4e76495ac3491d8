// try: close the interpreter's pipes
// layer: session
// effect: hang: the result does not come
// want: ProtocolError|Crash|Timeout
// limits: wall=3s
// bare: no, the parent sees it without a sandbox too
// only: interpreted
package main

import "os"

func main() {
	os.NewFile(4, "replies").Close()
	os.NewFile(3, "commands").Close()
}
