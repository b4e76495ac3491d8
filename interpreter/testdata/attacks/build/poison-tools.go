// try: change the compiler and the linker
// layer: private root
// effect: word: one is changed
// want: none
// bare: no, it would change this machine's tools
package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

func main() {
	filepath.WalkDir("/", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && (d.Name() == "compile" || d.Name() == "link" || d.Name() == "kernel") {
			if f, err := os.OpenFile(path, os.O_RDWR, 0); err == nil {
				f.Close()
				effect(path)
			}
		}
		return nil
	})
	fmt.Println("none")
}
