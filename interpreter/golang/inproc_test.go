package golang

import "testing"

func BenchmarkInside(b *testing.B) {
	s := newSession()
	s.do(1, "func fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }\nfunc loop() (s int) { for i := 0; i < 1e6; i++ { s += i & 7 }; return }")
	b.Run("fib25", func(b *testing.B) {
		for b.Loop() {
			s.do(2, "fib(25)")
		}
	})
	b.Run("loop1e6", func(b *testing.B) {
		for b.Loop() {
			s.do(2, "loop()")
		}
	})
}
