//go:build linux

package golang

import (
	"context"
	"testing"

	"github.com/qwen-agent/qwen-agent/interpreter"
)

// BenchmarkStart opens and closes sessions.
func BenchmarkStart(b *testing.B) {
	open(b, interpreter.Options{}) // or skip
	for b.Loop() {
		s, err := interpreter.Open(context.Background(), interpreter.Options{Language: Language{}})
		if err != nil {
			b.Fatal(err)
		}
		s.Close()
	}
}

// BenchmarkCell runs cells of one session.
func BenchmarkCell(b *testing.B) {
	for name, code := range map[string]string{"expression": "1 + 2", "fmt": `fmt.Sprint("a", 1)`, "program": "package main\nimport \"fmt\"\nfunc main() { fmt.Println(6 * 7) }"} {
		b.Run(name, func(b *testing.B) {
			s := open(b, interpreter.Options{})
			run(b, s, code)
			for b.Loop() {
				run(b, s, code)
			}
		})
	}
}

// BenchmarkFirstCell opens a session and runs a cell in it.
func BenchmarkFirstCell(b *testing.B) {
	for name, code := range map[string]string{"expression": "1 + 2", "fmt": `fmt.Println("a")`, "slices": `x := []int{2, 1}; slices.Sort(x); fmt.Println(x, strings.ToUpper("a"))`} {
		b.Run(name, func(b *testing.B) {
			open(b, interpreter.Options{})
			for b.Loop() {
				s, err := interpreter.Open(context.Background(), interpreter.Options{Language: Language{}})
				if err != nil {
					b.Fatal(err)
				}
				run(b, s, code)
				s.Close()
			}
		})
	}
}

// BenchmarkCompute runs what spends its time in the machine, each in a session of its own.
func BenchmarkCompute(b *testing.B) {
	for name, code := range map[string]string{
		"fib30":     "func fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }\nfib(30)",
		"loop1e7":   "func loop() (s int) { for i := 0; i < 1e7; i++ { s += i & 7 }; return }\nloop()",
		"sieve1e6":  "func sieve(n int) (c int) { s := make([]bool, n+1); for i := 2; i <= n; i++ { if !s[i] { c++; for j := i * i; j <= n; j += i { s[j] = true } } }; return }\nsieve(1e6)",
		"matmul100": "func mul() float64 { const n = 100; var a, b, c [n][n]float64; for i := range n { for j := range n { a[i][j], b[i][j] = float64(i+j), float64(i-j) } }; for i := range n { for j := range n { for k := range n { c[i][j] += a[i][k] * b[k][j] } } }; return c[9][9] }\nmul()",
		"sort1e5":   "func srt() int { x := make([]int, 100000); for i := range x { x[i] = i * 7919 % 100003 }; sort.Slice(x, func(i, j int) bool { return x[i] < x[j] }); return x[50000] }\nsrt()",
		"maps3e5":   "func maps() int { m := map[int]int{}; for i := range 100000 { m[i*7]++; m[i] += i; _ = m[i/2] }; return len(m) }\nmaps()",
		"calls1e6":  "type T struct{ n int }\nfunc (t *T) inc() { t.n++ }\nfunc calls() int { t := &T{}; for range 1000000 { t.inc() }; return t.n }\ncalls()",
	} {
		b.Run(name, func(b *testing.B) {
			s := open(b, interpreter.Options{})
			for b.Loop() {
				if r := run(b, s, code); r.Error != nil {
					b.Fatal(r.Error)
				}
			}
		})
	}
}
