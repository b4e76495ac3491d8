// try: look for tokens in its own environment and arguments
// layer: start
// effect: leak: a token is shown
// want: HOME
// bare: no, the environment is empty without a sandbox too
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println(os.Environ(), os.Args)
}
