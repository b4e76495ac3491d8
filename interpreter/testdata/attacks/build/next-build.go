// try: break the folder in which the next cell is built
// layer: session
// effect: parent: the session is stuck
// want: broken
// bare: no, the parent sees it without a sandbox too
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	entries, _ := filepath.Glob(os.TempDir() + "/*")
	for _, name := range entries {
		os.RemoveAll(name)
	}
	os.Chmod(os.TempDir(), 0)
	fmt.Println("broken")
}
