// try: look through all files for the secret
// layer: private root
// effect: leak: it is found
// want: looked
// bare: no, it would take too long
package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

func main() {
	n := 0
	filepath.WalkDir("/", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if info, err := d.Info(); err == nil && info.Size() < 1000 {
				n++
				if text, _ := os.ReadFile(path); bytes.HasPrefix(text, []byte("canary-")) {
					fmt.Println(path, string(text))
				}
			}
		}
		return nil
	})
	fmt.Println("looked")
}
