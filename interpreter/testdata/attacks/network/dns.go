// try: find the address of a name, and so send the name out
// layer: network namespace
// effect: word: an address is found
// want: lookup
// bare: no, a machine need not be connected
// layer-interpreted: language
// want-interpreted: CompileError.*net.*cannot be imported
package main

import (
	"fmt"
	"net"
)

func main() {
	addresses, err := net.LookupHost("secret.example.com")
	if err == nil {
		effect(fmt.Sprint(addresses))
	}
	fmt.Println("lookup", err)
}
