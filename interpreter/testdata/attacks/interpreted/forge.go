// try: answer for the interpreter, over the descriptor that it answers on
// layer: session
// effect: word: the parent believes it
// want: ProtocolError
// bare: no, the parent sees it without a sandbox too
// only: interpreted
package main

import "os"

func main() {
	body := `{"id":2,"value":"EFFECT forged"}`
	os.NewFile(4, "replies").Write(append([]byte{0, 0, 0, byte(len(body))}, body...))
	select {}
}
