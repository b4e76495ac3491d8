// try: read and write whatever descriptor it was given, by os.NewFile
// layer: start
// effect: leak: the file's text is shown
// want: none|ProtocolError|Crash
// bare: no, nothing outside is aimed at
// only: interpreted
package main

import (
	"fmt"
	"os"
)

func main() {
	buffer := make([]byte, 100)
	for fd := 5; fd < 1024; fd++ {
		f := os.NewFile(uintptr(fd), "x")
		if n, err := f.ReadAt(buffer, 0); err == nil || n > 0 {
			fmt.Println(fd, string(buffer[:n]))
		}
		f.WriteAt([]byte("x"), 0)
		kept = append(kept, f)
	}
	fmt.Println("none")
}

var kept []*os.File
