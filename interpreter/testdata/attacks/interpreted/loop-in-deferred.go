// try: loop in every function that runs when it is stopped
// layer: session
// effect: hang: the result does not come
// want: Timeout
// limits: wall=1s
// bare: no, the parent sees it without a sandbox too
// only: interpreted
package main

import "fmt"

type endless struct{}

func (endless) Error() string {
	for {
	}
}

func main() {
	defer func() {
		for {
			recover()
		}
	}()
	defer func() { panic(endless{}) }()
	fmt.Println(endless{})
	for {
		func() {
			defer func() { recover() }()
			for {
			}
		}()
	}
}
