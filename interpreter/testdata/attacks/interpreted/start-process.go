// try: start a program with what package os has besides os/exec
// layer: language
// effect: word: it is started
// want: a cell starts no programs
// bare: no, nothing outside is aimed at
// short: yes
// only: interpreted
package main

import (
	"fmt"
	"os"
)

func main() {
	p, err := os.StartProcess("/bin/sh", []string{"sh"}, &os.ProcAttr{})
	if err == nil {
		effect("it is started")
	}
	fmt.Println(p, err)
}
