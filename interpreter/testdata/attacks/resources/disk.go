// try: fill the disk
// layer: private root
// effect: word: it has more than the limit
// want: no space|file too large|MemoryLimit
// without: either
// bare: no, it would fill this machine's disk
// limits: files=96MB
package main

import (
	"fmt"
	"os"
)

func main() {
	defer func() { // else there is no room to build the next cell
		for i := range 256 {
			os.Remove(fmt.Sprint("part", i))
		}
	}()
	for i := range 256 {
		if err := os.WriteFile(fmt.Sprint("part", i), make([]byte, 1<<20), 0o666); err != nil {
			fmt.Println(err)
			return
		}
	}
	effect("it has more than the limit")
}
