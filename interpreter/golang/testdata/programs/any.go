package main

import "fmt"

type N struct {
	next  interface{}
	v     int
	kids  []interface{}
	m     map[string]interface{}
	other interface{}
	sl    interface{}
}
type M struct {
	n interface{}
	x int
}

func add(n interface{}, v int) interface{} { var r interface{} = &N{next: n, v: v}; return r }
func two() (interface{}, int)              { return &N{v: 55}, 3 }
func ptr(p *interface{})                   { *p = &N{v: 66} }

var head interface{}

func u1(v interface{}) []N {
	if v == nil {
		return nil
	}
	return v.([]N)
}
func main() {
	for i := 0; i < 3; i++ {
		head = add(head, i)
	}
	for p := head; p != nil; p = p.(*N).next {
		fmt.Println(p.(*N).v)
	}
	var h interface{} = head
	h.(*N).v += 10
	fmt.Println(head.(*N).v, h == head)
	h.(*N).kids = append(h.(*N).kids, &N{v: 4}, add(nil, 5))
	fmt.Println(h.(*N).kids[0].(*N).v, h.(*N).kids[1].(*N).v, len(h.(*N).kids))
	h.(*N).m = map[string]interface{}{}
	h.(*N).m["a"] = &N{v: 6}
	h.(*N).m["a"].(*N).v++
	fmt.Println(h.(*N).m["a"].(*N).v, h.(*N).m["b"] == nil)
	h.(*N).other = &M{n: h, x: 2}
	fmt.Println(h.(*N).other.(*M).n.(*N).v)
	var a interface{}
	var b int
	a, b = two()
	fmt.Println(a.(*N).v, b)
	ptr(&a)
	fmt.Println(a.(*N).v)
	ptr(&(a.(*N).next))
	fmt.Println(a.(*N).next.(*N).v)
	x, ok := a.(*N)
	fmt.Println(x.v, ok)
	h.(*N).sl = append(u1(h.(*N).sl), N{v: 1}, N{v: 2})
	u1(h.(*N).sl)[1].v = 9
	fmt.Println(u1(h.(*N).sl)[1].v, len(u1(h.(*N).sl)))
	n1 := *(a.(*N))
	n1.v = 1
	fmt.Println(a.(*N).v)
	*(a.(*N)) = N{v: 99}
	fmt.Println(a.(*N).v)
	arr := []interface{}{a, h}
	arr[0], arr[1] = arr[1], arr[0]
	fmt.Println(arr[0].(*N).v, arr[1].(*N).v)
	a, h = h, a
	fmt.Println(a.(*N).v, h.(*N).v)
	mm := map[interface{}]int{a: 1, h: 2}
	fmt.Println(mm[a], mm[h])
	func() { defer func() { fmt.Println("rec", recover()) }(); var z interface{}; z.(*N).v = 1 }()
	func() { defer func() { fmt.Println("rec", recover()) }(); var z interface{}; fmt.Println(z.(*N).v) }()
	fs := []func() interface{}{}
	for i := 0; i < 2; i++ {
		k := i
		fs = append(fs, func() interface{} { return &N{v: k} })
	}
	fmt.Println(fs[0]().(*N).v, fs[1]().(*N).v)
	ch := make(chan interface{}, 1)
	ch <- a
	fmt.Println((<-ch).(*N).v)
	var st interface{}
	cnt := 0
	st = func(x *int) interface{} {
		*x++
		if *x > 3 {
			return nil
		}
		return st
	}
	for st != nil {
		st = st.(func(*int) interface{})(&cnt)
	}
	fmt.Println(cnt)
}
