// try: climb out of its folders with what package os has for folders
// layer: private root
// effect: leak: the file's text is shown
// want: no such file|permission denied|escapes
// only: interpreted
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	up := strings.Repeat("../", 40)
	text, err := os.ReadFile(up + SECRET)
	fmt.Println(string(text), err)
	os.Symlink("/", "all")
	text, err = os.ReadFile("all" + SECRET)
	fmt.Println(string(text), err)
	if root, err := os.OpenRoot("/"); err == nil {
		text, err = root.ReadFile(SECRET[1:])
		fmt.Println(string(text), err)
	}
	fmt.Println(os.CopyFS("taken", os.DirFS(filepath.Dir(SECRET))))
	os.Remove("all")
}
