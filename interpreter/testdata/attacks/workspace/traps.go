// try: leave links, and change what is the user's
// layer: session
// effect: file: something outside is changed
// want: made
// bare: no, the parent copies files without a sandbox too
package main

import (
	"fmt"
	"os"
)

func main() {
	os.Symlink(SECRET, "link")
	os.Symlink(TARGET, "folder")
	os.Remove("mine.txt")
	os.Symlink(FILE, "mine.txt")
	os.WriteFile("program", []byte("#!/bin/sh\n"), 0o755)
	os.Chmod("program", 0o755|os.ModeSetuid)
	fmt.Println("made")
}
