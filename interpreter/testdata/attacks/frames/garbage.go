// try: write rubbish to every descriptor there is
// layer: session
// effect: parent: it believes it
// want: .*
// bare: no, the parent checks without a sandbox too
// layer-interpreted: language
// want-interpreted: CompileError.*syscall.*cannot be imported
package main

import "syscall"

func main() {
	for fd := 3; fd < 100; fd++ {
		syscall.Write(fd, []byte("\x00\x00\x00\x08{\"id\":1}"))
		syscall.Write(fd, []byte("\xff\xff\xff\xff\xff"))
	}
}
