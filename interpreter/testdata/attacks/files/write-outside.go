// try: make a file in a folder that anybody may write to
// layer: private root
// effect: file: the file is there
// want: no such file|permission denied
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println(os.WriteFile(TARGET+"/new", []byte("x"), 0o666), os.Remove(FILE), os.Rename(FILE, FILE+".old"))
}
