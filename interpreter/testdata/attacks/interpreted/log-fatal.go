// try: end the interpreter by what ends a program
// layer: session
// effect: parent: the session does not say so
// want: ExitError|Crash
// bare: no, the parent sees it without a sandbox too
// only: interpreted
package main

import "log"

func main() {
	log.Fatal("the end")
}
