package main

import (
	"cmp"
	"container/heap"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
)

type Number interface{ ~int | ~float64 }

func Sum[T Number](xs ...T) (s T) {
	for _, x := range xs {
		s += x
	}
	return
}

func Map[T, U any](s []T, f func(T) U) []U {
	r := make([]U, 0, len(s))
	for _, v := range s {
		r = append(r, f(v))
	}
	return r
}

type Stack[T any] struct{ items []T }

func (s *Stack[T]) Push(x T) { s.items = append(s.items, x) }
func (s *Stack[T]) Pop() (T, bool) {
	var zero T
	if len(s.items) == 0 {
		return zero, false
	}
	x := s.items[len(s.items)-1]
	s.items = s.items[:len(s.items)-1]
	return x, true
}

type Node[K cmp.Ordered, V any] struct {
	k           K
	v           V
	left, right *Node[K, V]
}

func (n *Node[K, V]) Insert(k K, v V) *Node[K, V] {
	if n == nil {
		return &Node[K, V]{k: k, v: v}
	}
	switch c := cmp.Compare(k, n.k); {
	case c < 0:
		n.left = n.left.Insert(k, v)
	case c > 0:
		n.right = n.right.Insert(k, v)
	default:
		n.v = v
	}
	return n
}

func (n *Node[K, V]) All() iter.Seq2[K, V] {
	return func(yield func(K, V) bool) { n.push(yield) }
}

func (n *Node[K, V]) push(yield func(K, V) bool) bool {
	return n == nil || n.left.push(yield) && yield(n.k, n.v) && n.right.push(yield)
}

type IntHeap []int

func (h IntHeap) Len() int           { return len(h) }
func (h IntHeap) Less(i, j int) bool { return h[i] < h[j] }
func (h IntHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *IntHeap) Push(x any)        { *h = append(*h, x.(int)) }
func (h *IntHeap) Pop() any {
	old := *h
	n := len(old)
	x := old[n-1]
	*h = old[:n-1]
	return x
}

type Item struct {
	name string
	prio int
}
type PQ []*Item

func (p PQ) Len() int            { return len(p) }
func (p PQ) Less(i, j int) bool  { return p[i].prio > p[j].prio }
func (p PQ) Swap(i, j int)       { p[i], p[j] = p[j], p[i] }
func (p *PQ) Push(x interface{}) { *p = append(*p, x.(*Item)) }
func (p *PQ) Pop() interface{} {
	o := *p
	x := o[len(o)-1]
	*p = o[:len(o)-1]
	return x
}

func fibs() iter.Seq[int] {
	return func(yield func(int) bool) {
		a, b := 0, 1
		for yield(a) {
			a, b = b, a+b
		}
	}
}

func firstBig(limit int) (n int) {
	defer func() { n *= 2 }()
	for f := range fibs() {
		defer fmt.Println("deferred", f)
		if f > limit {
			return f
		}
		if f%2 == 0 {
			continue
		}
	}
	return -1
}

type byName []Item

func (b byName) Len() int           { return len(b) }
func (b byName) Less(i, j int) bool { return b[i].name < b[j].name }
func (b byName) Swap(i, j int)      { b[i], b[j] = b[j], b[i] }

type NotFound struct{ Name string }

func (n NotFound) Error() string { return n.Name + " not found" }

func main() {
	fmt.Println(Sum(1, 2, 3), Sum(1.5, 2))
	fmt.Println(Map([]int{1, 2, 3}, func(i int) string { return fmt.Sprint(i * i) }))
	s := &Stack[string]{}
	s.Push("a")
	s.Push("b")
	x, ok := s.Pop()
	fmt.Println(x, ok, len(s.items))
	fmt.Printf("%T %v\n", s, s)
	var root *Node[string, int]
	for i, w := range strings.Fields("the quick brown fox jumps over the lazy dog") {
		root = root.Insert(w, i)
	}
	for k, v := range root.All() {
		if k == "quick" {
			break
		}
		fmt.Print(k, "=", v, " ")
	}
	fmt.Println()
	h := &IntHeap{5, 2, 8}
	heap.Init(h)
	heap.Push(h, 3)
	for h.Len() > 0 {
		fmt.Print(heap.Pop(h), " ")
	}
	fmt.Println()
	pq := &PQ{}
	for i, n := range []string{"a", "b", "c"} {
		heap.Push(pq, &Item{n, i * 3 % 5})
	}
	for pq.Len() > 0 {
		it := heap.Pop(pq).(*Item)
		fmt.Print(it.name, it.prio, " ")
	}
	fmt.Println()
	fmt.Println(firstBig(10))
	for i := range 3 {
		fmt.Print(i, " ")
	}
	fmt.Println(min(3, 1, 2), max(2.5, 1), min("b", "a"))
	xs := []int{3, 1, 2}
	slices.Sort(xs)
	fmt.Println(xs, slices.Max(xs), slices.Contains(xs, 2), slices.Index(xs, 3))
	items := []Item{{"z", 1}, {"a", 2}, {"m", 0}}
	slices.SortFunc(items, func(a, b Item) int { return cmp.Compare(a.prio, b.prio) })
	fmt.Println(items)
	sort.Slice(items, func(i, j int) bool { return items[i].name < items[j].name })
	fmt.Println(items)
	sort.Sort(sort.Reverse(byName(items)))
	fmt.Println(items)
	m := map[string]int{"b": 2, "a": 1, "c": 3}
	fmt.Println(slices.Sorted(maps.Keys(m)), slices.Collect(maps.Values(map[int]int{1: 2})))
	m2 := maps.Clone(m)
	clear(m)
	fmt.Println(len(m), m2, maps.Equal(m, m2))
	fmt.Println(slices.Insert([]int{1, 4}, 1, 2, 3), slices.Delete([]int{1, 2, 3, 4}, 1, 3), slices.Compact([]int{1, 1, 2, 2, 1}), slices.Equal([]int{1}, []int{1}))
	for c := range slices.Chunk([]int{1, 2, 3, 4, 5}, 2) {
		fmt.Print(c)
	}
	i, found := slices.BinarySearch([]int{1, 3, 5}, 3)
	fmt.Println(i, found)
	next, stop := iter.Pull(fibs())
	for range 5 {
		v, _ := next()
		fmt.Print(v, " ")
	}
	stop()
	fmt.Println()
	for p := range strings.SplitSeq("a,b,c", ",") {
		fmt.Print(p, ";")
	}
	fmt.Println()
	var fs []func() int
	for i := 0; i < 3; i++ {
		fs = append(fs, func() int { return i })
	}
	for _, f := range fs {
		fmt.Print(f(), " ")
	}
	fmt.Println()
	once := sync.OnceValue(func() int { fmt.Println("once"); return 7 })
	fmt.Println(once(), once())
	var p atomic.Pointer[Item]
	fmt.Println(p.Load() == nil, p.CompareAndSwap(nil, &items[0]), p.Load().name)
	var wg sync.WaitGroup
	var mu sync.Mutex
	total := 0
	for i := range 50 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			mu.Lock()
			defer mu.Unlock()
			total += i
		}()
	}
	wg.Wait()
	fmt.Println(total)
	err := fmt.Errorf("x: %w", NotFound{"k"})
	if nf, ok := errors.AsType[NotFound](err); ok {
		fmt.Println(nf.Name)
	}
	var nf NotFound
	fmt.Println(errors.As(err, &nf), nf, errors.Is(err, NotFound{"k"}), errors.Is(err, NotFound{"j"}))
	fmt.Println(cmp.Or("", "def"), slices.MaxFunc(items, func(a, b Item) int { return a.prio - b.prio }))
}
