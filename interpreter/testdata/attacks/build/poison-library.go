// try: change the standard library that the next cell is built with
// layer: private root
// effect: word: a file is changed
// want: none
// bare: no, it would change this machine's library
package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	filepath.WalkDir("/", func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".a") && !strings.HasPrefix(path, os.TempDir()) { // there lies what is built of its own cells
			if f, err := os.OpenFile(path, os.O_RDWR, 0); err == nil {
				f.Close()
				effect(path)
			}
		}
		return nil
	})
	fmt.Println("none")
}
