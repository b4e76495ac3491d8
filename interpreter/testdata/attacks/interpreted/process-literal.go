// try: kill another program by a process that it made up, since FindProcess is refused
// layer: pid namespace
// effect: process: it is gone
// want: no such process|process already finished|operation not permitted
// short: yes
// only: interpreted
package main

import (
	"fmt"
	"os"
)

func main() {
	for _, pid := range []int{VICTIM, PARENT} {
		fmt.Println((&os.Process{Pid: pid}).Kill(), (&os.Process{Pid: pid}).Signal(os.Interrupt))
	}
}
