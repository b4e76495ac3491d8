// try: have the compiler take all memory and time
// layer: session
// effect: hang: the build does not end
// want: Error|Limit|Timeout
// bare: no, the parent bounds it without a sandbox too
// limits: wall=30s
package main

type A [1 << 30][1 << 30]int

var x A

const c = 1<<10000 + 1<<10000

func f[T any](n int, t T) {
	if n > 0 {
		f(n-1, [2]T{t, t})
	}
}

func main() {
	f(100, x)
}
