// try: read a file outside that anybody on the machine may read
// layer: private root
// effect: leak: the file's text is shown
// want: no such file|permission denied
// short: yes
package main

import (
	"fmt"
	"os"
)

func main() {
	text, err := os.ReadFile(SECRET)
	fmt.Println(string(text), err)
}
