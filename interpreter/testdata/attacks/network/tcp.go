// try: call a program of the machine over TCP, UDP and a socket's path
// layer: network namespace
// effect: answer: a listener is called
// want: operation not permitted
// short: yes
// layer-interpreted: language
// want-interpreted: CompileError.*net.*cannot be imported
// bare-interpreted: no, the kernel refuses it without a sandbox too
package main

import (
	"fmt"
	"io"
	"net"
	"time"
)

func main() {
	for network, address := range map[string]string{"tcp": fmt.Sprint("127.0.0.1:", TCP4), "udp": fmt.Sprint("127.0.0.1:", UDP4), "unix": UNIX} {
		conn, err := net.DialTimeout(network, address, 2*time.Second)
		if err != nil {
			fmt.Println(err)
			continue
		}
		conn.SetDeadline(time.Now().Add(2 * time.Second))
		conn.Write([]byte("x"))
		text, err := io.ReadAll(io.LimitReader(conn, 23))
		fmt.Println(string(text), err)
	}
}
