// try: take hold of another process
// layer: language
// effect: process: it is gone
// want: a cell starts no programs
// bare: no, the kernel refuses it without a sandbox too
// only: interpreted
package main

import "os"

func main() {
	p, _ := os.FindProcess(VICTIM)
	p.Kill()
}
