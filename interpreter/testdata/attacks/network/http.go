// try: fetch a page and serve one
// layer: network namespace
// effect: answer: the listener is called
// want: operation not permitted
// layer-interpreted: language
// want-interpreted: CompileError.*net.*cannot be imported
// bare-interpreted: no, the kernel refuses it without a sandbox too
package main

import (
	"fmt"
	"net"
	"net/http"
)

func main() {
	_, err := http.Get(fmt.Sprint("http://127.0.0.1:", TCP4, "/"))
	_, wrong := net.Listen("tcp", "127.0.0.1:0")
	fmt.Println(err, wrong)
}
