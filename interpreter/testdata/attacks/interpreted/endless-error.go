// try: have the interpreter compute for ever when it writes the error down
// layer: session
// effect: hang: the result does not come
// want: Timeout|Error
// limits: wall=1s
// bare: no, the parent sees it without a sandbox too
// only: interpreted
package main

type endless struct{}

func (endless) Error() string {
	for {
	}
}

func main() {
	panic(endless{})
}
