// try: have the checker follow types that grow without end
// layer: session
// effect: hang: the result does not come
// want: Error|Crash|MemoryLimit|Timeout
// limits: wall=2s
// bare: no, the parent sees it without a sandbox too
// only: interpreted
package main

type t0 struct{ a, b int }
type t1 struct{ a, b, c, d, e, f, g, h t0 }
type t2 struct{ a, b, c, d, e, f, g, h t1 }
type t3 struct{ a, b, c, d, e, f, g, h t2 }
type t4 struct{ a, b, c, d, e, f, g, h t3 }
type t5 struct{ a, b, c, d, e, f, g, h t4 }
type t6 struct{ a, b, c, d, e, f, g, h t5 }
type t7 struct{ a, b, c, d, e, f, g, h t6 }
type t8 struct{ a, b, c, d, e, f, g, h t7 }
type t9 struct{ a, b, c, d, e, f, g, h t8 }

type tree[T any] struct{ next *tree[[2]T] }

func grow[T any](n int, t T) {
	if n > 0 {
		grow(n-1, []T{t})
	}
}

func main() {
	var x, y t9
	var t tree[int]
	grow(5, t)
	println(x == y)
}
