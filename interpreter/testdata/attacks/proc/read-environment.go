// try: read the environment of the agent and of another program
// layer: private root
// effect: leak: a token is shown
// want: no such file|permission denied
package main

import (
	"fmt"
	"os"
)

func main() {
	for _, pid := range []int{PARENT, VICTIM, 1, os.Getppid()} {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
		fmt.Println(string(text), err)
	}
}
