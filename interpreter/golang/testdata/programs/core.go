package main

import "fmt"

type A struct {
	b *B
	n int
}
type B struct {
	a *A
	l []A
	m map[string]B
}
type T3 struct {
	kids []T3
	n    int
}

var g1 int
var g2 []func() int

func f(a int, xs ...interface{}) int { return a + len(xs) }
func mr() (int, string, error)       { return 1, "a", nil }
func named() (x_1 int, err_2 error) {
	defer func() {
		if r := recover(); r != nil {
			x_1 = 7
			err_2 = fmt.Errorf("r %v", r)
		}
	}()
	panic("boo")
}
func main() {
	a := &A{n: 1}
	a.b = &B{a: a, l: []A{{n: 5}}, m: map[string]B{}}
	a.b.m["x"] = B{l: []A{{n: 8}}}
	fmt.Println(a.b.a.n, a.b.l[0].n, a.b.m["x"].l[0].n)
	t := T3{n: 1}
	t.kids = append(t.kids, T3{n: 2, kids: []T3{{n: 3}}})
	fmt.Println(t.kids[0].kids[0].n)
	fmt.Println(f(1, []interface{}{1, "a"}...), f(1, []interface{}{}...))
	x, y, z := mr()
	fmt.Println(x, y, z)
	fmt.Println(named())
	for j := 0; j < 3; j++ {
		a1 := j
		df := func() { fmt.Println("dl", a1) }
		defer df()
	}
	done := make(chan int)
	for j := 0; j < 3; j++ {
		a1 := j
		df := func() { done <- a1 }
		go df()
	}
	s := 0
	for j := 0; j < 3; j++ {
		s += <-done
	}
	fmt.Println("go", s)
	for j := 0; j < 3; j++ {
		a1 := j
		go func() { done <- a1 }()
	}
	s = 0
	for j := 0; j < 3; j++ {
		s += <-done
	}
	fmt.Println("go2", s)
	for j := 0; j < 3; j++ {
		go func(k int) { done <- k }(j)
	}
	s = 0
	for j := 0; j < 3; j++ {
		s += <-done
	}
	fmt.Println("go3", s)
	var cnt int
	inc := func() int { cnt++; return cnt }
	inc()
	inc()
	fmt.Println(cnt)
	mk := func() (func(), func() int) { v := 0; return func() { v++ }, func() int { return v } }
	i1, g1 := mk()
	i2, g2 := mk()
	i1()
	i1()
	i2()
	fmt.Println(g1(), g2())
	var fact func(int) int
	fact = func(n int) int {
		if n < 2 {
			return 1
		}
		return n * fact(n-1)
	}
	fmt.Println(fact(10))
	var arr [3][2]int
	arr[1][1] = 5
	brr := arr
	brr[1][1]++
	fmt.Println(arr, brr)
	pa := &arr
	pa[0][0] = 9
	fmt.Println(arr)
	for i, v := range arr {
		fmt.Println(i, v)
	}
	type loc struct {
		p [2]int
		q []int
	}
	l1 := loc{q: []int{1}}
	l2 := l1
	l2.p[0] = 4
	l2.q[0] = 7
	fmt.Println(l1, l2)
	ptr := &l1.p[1]
	*ptr = 3
	fmt.Println(l1.p)
	ms := map[string]*loc{"a": &l1}
	ms["a"].p[0] = 6
	fmt.Println(l1.p)
	mf := map[string]func(int) int{"d": func(i int) int { return i * 2 }}
	fmt.Println(mf["d"](4))
	sw := 3
	switch {
	case sw > 2:
		fmt.Println("big")
		fallthrough
	case sw > 1:
		fmt.Println("mid")
	default:
		fmt.Println("def")
	}
	switch sw {
	case 1, 2:
		fmt.Println("12")
	case 3:
		fmt.Println("3")
	}
	i := 0
loop:
	if i < 3 {
		i++
		goto loop
	}
	fmt.Println(i)
	var u uint8 = 200
	u += 100
	fmt.Println(u, ^u, -u, u>>1, int8(u))
	var i32 int32 = 1<<31 - 1
	i32++
	fmt.Println(i32)
	fmt.Println(1.5*2, 7/2, 7.0/2, 1<<10, 0x10, 'a', "a"+"b", len("abc"), complex(1, 2)*complex(0, 1))
	select {
	case v := <-done:
		fmt.Println(v)
	default:
		fmt.Println("none")
	}
	func() { defer fmt.Println("in"); defer func() { recover() }(); var m map[string]int; m["a"] = 1 }()
	sl := []int{1, 2, 3, 4, 5}
	copy(sl[1:], sl)
	fmt.Println(sl, sl[1:3:4], cap(sl[1:3:4]))
	delete(map[string]int{}, "a")
	bs := []byte("abc")
	bs[0] = 'X'
	fmt.Println(string(bs))
}
