// try: read and write whatever descriptor it was given
// layer: start
// effect: leak: the file's text is shown
// want: none
// bare: no, nothing is inherited without a sandbox too
// layer-interpreted: language
// want-interpreted: CompileError.*syscall.*cannot be imported
package main

import (
	"fmt"
	"syscall"
)

func main() {
	buffer := make([]byte, 100)
	for fd := 4; fd < 4096; fd++ {
		if n, err := syscall.Pread(fd, buffer, 0); err == nil {
			fmt.Println(fd, string(buffer[:n]))
		}
		syscall.Pwrite(fd, []byte("x"), 0)
	}
	fmt.Println("none")
}
