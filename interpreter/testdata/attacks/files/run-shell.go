// try: run the shell
// layer: private root
// effect: leak: the file's text is shown
// want: no such file|permission denied
// layer-interpreted: language
// want-interpreted: CompileError.*os/exec.*cannot be imported
// bare-interpreted: no, the kernel refuses it without a sandbox too
package main

import (
	"fmt"
	"os/exec"
)

func main() {
	out, err := exec.Command("/bin/sh", "-c", "cat "+SECRET).CombinedOutput()
	fmt.Println(string(out), err)
}
