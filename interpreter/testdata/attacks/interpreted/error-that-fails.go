// try: panic where the interpreter writes the panic down
// layer: session
// effect: parent: the session does not say so
// want: panic while printing panic value: type main.failing
// limits: memory=256MB
// bare: no, the parent sees it without a sandbox too
// only: interpreted
package main

type failing struct{}

func (f failing) Error() string { panic(f) }

func main() {
	panic(failing{})
}
