// try: reach the runtime's exit by a directive behind a comment
// layer: language
// effect: word: it runs
// want: Error
// bare: no, nothing outside is aimed at
// only: interpreted
package main

import "os"

/* */ //go:linkname stop os.runtime_beforeExit
func stop(code int)

func main() {
	effect("it runs")
	stop(os.Getpid())
}
