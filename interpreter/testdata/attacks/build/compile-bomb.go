// try: have the compiler take all memory and time, by a type whose name has a trillion letters
// layer: session
// effect: hang: the build does not end
// want: Error|Limit|Timeout|Crash
// bare: no, the parent bounds it without a sandbox too
// limits: wall=4s memory=384MB
package main

type pair[A, B any] struct{}

func p[T any](T) pair[T, T] { return pair[T, T]{} }

func main() {
	x := p(p(p(p(p(p(p(p(p(p(p(p(p(p(p(p(p(p(p(p(p(p(p(p(p(p(p(p(p(p(p(p(p(p(p(p(p(p(p(p(1))))))))))))))))))))))))))))))))))))))))
	var y any = x
	_ = y
}
