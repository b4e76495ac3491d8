// try: have the compiler make functions and types without end
// layer: session
// effect: hang: the build does not end
// want: CompileError: instantiation cycle
// bare: no, the parent bounds it without a sandbox too
package main

type A [1 << 20][1 << 20]int

var x A

func f[T any](n int, t T) {
	if n > 0 {
		f(n-1, [2]T{t, t})
	}
}

func g[A, B any](n int, a func(A) B, b func(B) A) {
	if n > 0 {
		g(n-1, func(func(A) B) func(B) A { return b }, func(func(B) A) func(A) B { return a })
	}
}

func main() {
	f(100, x)
	g(100, func(A) int { return 0 }, func(int) A { return x })
}
