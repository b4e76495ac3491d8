// try: have the compiler put a file outside into the program
// layer: language
// effect: leak: the file's text is shown
// want: Error.*embed
// bare: no, the kernel refuses it without a sandbox too
package main

import (
	_ "embed"
	"fmt"
)

//go:embed ../../../../../../etc/passwd
var text string

func main() {
	fmt.Println(text)
}
