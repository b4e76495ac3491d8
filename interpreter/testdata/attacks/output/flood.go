// try: fill the parent's memory with output
// layer: session
// effect: parent: its memory grows
// want: left out
// bare: no, the parent bounds it without a sandbox too
package main

import (
	"bytes"
	"os"
)

func main() {
	block := bytes.Repeat([]byte("0123456789abcde\n"), 1<<16)
	for range 64 {
		os.Stdout.Write(block)
		os.Stderr.Write(block)
	}
}
