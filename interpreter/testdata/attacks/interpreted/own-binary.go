// try: change the interpreter's own binary, which the next session runs
// layer: private root
// effect: word: it is open for writing
// want: read-only file system|permission denied|text file busy|no such file
// bare: no, it would change the binary that runs the test
// only: interpreted
package main

import (
	"fmt"
	"os"
)

func main() {
	name, err := os.Executable()
	fmt.Println(name, err)
	for _, path := range []string{name, "/kernel", "/proc/self/exe", os.Args[0]} {
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err == nil {
			f.Close()
			effect("it is open for writing: " + path)
		}
		fmt.Println(err, os.Remove(path))
	}
}
