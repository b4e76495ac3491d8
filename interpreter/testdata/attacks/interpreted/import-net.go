// try: import net
// layer: language
// effect: word: it runs
// want: CompileError.*cannot be imported
// bare: no, nothing outside is aimed at
// only: interpreted
package main

import "net"

func main() {
	net.Dial("tcp", "127.0.0.1:80")
	effect("it runs")
}
