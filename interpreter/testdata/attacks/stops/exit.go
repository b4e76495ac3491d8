// try: end the program with a status of its own
// layer: session
// effect: parent: the session does not say so
// want: 42
// bare: no, the parent sees it without a sandbox too
package main

import "os"

func main() {
	os.Exit(42)
}
