// try: kill the interpreter, which is the program itself
// layer: session
// effect: parent: the session does not say so
// want: Timeout
// limits: wall=1s
// bare: no, the parent sees it without a sandbox too
// only: interpreted
package main

import "os"

func main() {
	(&os.Process{Pid: os.Getpid()}).Kill()
	select {}
}
