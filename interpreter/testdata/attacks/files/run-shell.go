// try: run the shell
// layer: private root
// effect: leak: the file's text is shown
// want: no such file|permission denied
package main

import (
	"fmt"
	"os/exec"
)

func main() {
	out, err := exec.Command("/bin/sh", "-c", "cat "+SECRET).CombinedOutput()
	fmt.Println(string(out), err)
}
