package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"os"
	"regexp"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"
)

type State func(*Lexer) State

type Lexer struct {
	in  string
	pos int
	out []string
}

func start(l *Lexer) State {
	if l.pos >= len(l.in) {
		return nil
	}
	if l.in[l.pos] >= '0' && l.in[l.pos] <= '9' {
		return number
	}
	l.pos++
	return start
}

func number(l *Lexer) State {
	from := l.pos
	for l.pos < len(l.in) && l.in[l.pos] >= '0' && l.in[l.pos] <= '9' {
		l.pos++
	}
	l.out = append(l.out, l.in[from:l.pos])
	return start
}

type Tree map[string]Tree

type List []List

type Animal interface {
	Sound() string
	Name() string
}

type Base struct{ name string }

func (b *Base) Name() string     { return b.name }
func (b *Base) SetName(n string) { b.name = n }

type Dog struct {
	*Base
	sync.Mutex
	tricks map[string]func(int) string
}

func (d Dog) Sound() string { return d.name + " woof" }

type Cat struct{ Base }

func (c *Cat) Sound() string { return c.name + " meow" }

type Logger struct {
	io.Writer
	n int
}

func (l *Logger) Write(p []byte) (int, error) {
	l.n++
	return l.Writer.Write(bytes.ToUpper(p))
}

type reader struct{ left int }

func (r *reader) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	n := min(r.left, len(p), 3)
	for i := range n {
		p[i] = 'a' + byte(r.left%26)
		r.left--
	}
	return n, nil
}

type Matrix [2][2]float64

func (m Matrix) Mul(o Matrix) (r Matrix) {
	for i := range m {
		for j := range o {
			for k := range m[i] {
				r[i][j] += m[i][k] * o[k][j]
			}
		}
	}
	return
}

type Weekday uint8

const (
	Sunday Weekday = iota
	Monday
	_
	Wednesday
)

const (
	KB = 1 << (10 * (iota + 1))
	MB
)

type ErrNeg float64

func (e ErrNeg) Error() string { return fmt.Sprintf("negative: %v", float64(e)) }

func sqrt(x float64) (float64, error) {
	if x < 0 {
		return 0, ErrNeg(x)
	}
	return math.Sqrt(x), nil
}

func named() (x int, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("recovered: %v", r)
			x = -1
		}
	}()
	var a []int
	_ = a[3]
	return 5, nil
}

func deferOrder() (s string) {
	for i := 0; i < 3; i++ {
		defer func(n int) { s += strconv.Itoa(n) + strconv.Itoa(i) }(i)
	}
	x := 1
	defer fmt.Println("deferred x", x)
	x = 2
	return "r"
}

func nested() {
	defer func() { fmt.Println("outer", recover()) }()
	defer func() {
		defer func() { fmt.Println("inner", recover()) }()
		panic("second")
	}()
	panic("first")
}

func repanic() {
	defer func() { fmt.Println(recover()) }()
	defer func() {
		r := recover()
		panic(fmt.Sprint("re-", r))
	}()
	panic("p")
}

func variadic(pre string, xs ...int) string { return fmt.Sprint(pre, len(xs), xs, xs == nil) }

func multi() (int, string) { return 3, "three" }

func take(n int, s string) string { return strings.Repeat(s, n) }

type Visitor interface{ Visit(n int) Visitor }
type count struct{ n *int }

func (c count) Visit(n int) Visitor {
	*c.n += n
	if n == 0 {
		return nil
	}
	return c
}

type Celsius float64
type Temp interface{ ~float64 }

func avg[T Temp](xs ...T) T {
	var s T
	for _, x := range xs {
		s += x
	}
	return s / T(len(xs))
}

type Pair[K comparable, V any] struct {
	Key K
	Val V
}

func (p Pair[K, V]) String() string { return fmt.Sprintf("<%v=%v>", p.Key, p.Val) }

type LinkedList[T any] struct {
	head *node[T]
	size int
}
type node[T any] struct {
	v    T
	next *node[T]
}

func (l *LinkedList[T]) Add(v T) *LinkedList[T] {
	l.head = &node[T]{v, l.head}
	l.size++
	return l
}
func (l *LinkedList[T]) Each(f func(T)) {
	for n := l.head; n != nil; n = n.next {
		f(n.v)
	}
}

func main() {
	l := &Lexer{in: "a12b345"}
	for s := State(start); s != nil; {
		s = s(l)
	}
	fmt.Println(l.out)
	t := Tree{"a": {"b": nil, "c": {}}, "d": {}}
	fmt.Println(len(t), len(t["a"]), t["a"]["b"] == nil, t)
	ll := List{{}, {{}, {}}}
	fmt.Println(len(ll[1]), ll)
	d := Dog{Base: &Base{"rex"}}
	d.SetName("max")
	d.tricks = map[string]func(int) string{"sit": func(n int) string { return strings.Repeat("s", n) }}
	d.Lock()
	d.Unlock()
	c := &Cat{Base{"tom"}}
	for _, a := range []Animal{&d, c} {
		fmt.Println(a.Name(), a.Sound())
	}
	fmt.Println(d.tricks["sit"](3))
	f := (*Base).Name
	g := Dog.Sound
	h := c.Sound
	c.SetName("kit")
	fmt.Println(f(&c.Base), g(d), h())
	var buf bytes.Buffer
	lg := &Logger{Writer: &buf}
	fmt.Fprintf(lg, "hello %d", 5)
	io.Copy(lg, &reader{7})
	fmt.Println(buf.String(), lg.n)
	all, _ := io.ReadAll(&reader{10})
	fmt.Println(string(all))
	sc := bufio.NewScanner(strings.NewReader("one two\nthree"))
	sc.Split(bufio.ScanWords)
	for sc.Scan() {
		fmt.Print(sc.Text(), "|")
	}
	fmt.Println()
	m := Matrix{{1, 1}, {1, 0}}
	p := m
	for range 5 {
		p = p.Mul(m)
	}
	fmt.Println(p, m == Matrix{{1, 1}, {1, 0}}, Wednesday, KB, MB)
	_, err := sqrt(-2)
	var en ErrNeg
	fmt.Println(err, errors.As(err, &en), float64(en))
	fmt.Println(named())
	fmt.Println(deferOrder())
	nested()
	repanic()
	fmt.Println(variadic("a"), variadic("b", 1, 2), variadic("c", []int{}...), take(multi()))
	n := 0
	var v Visitor = count{&n}
	for i := 3; v != nil; i-- {
		v = v.Visit(i)
	}
	fmt.Println(n, v == nil)
	fmt.Println(avg(Celsius(10), 20), Pair[string, int]{"a", 1}, []Pair[int, bool]{{1, true}})
	fmt.Printf("%v %+v %T\n", &Pair[string, []int]{"k", nil}, struct{ P Pair[int, int] }{Pair[int, int]{1, 2}}, Pair[string, Celsius]{})
	sum := 0
	(&LinkedList[int]{}).Add(1).Add(2).Add(3).Each(func(i int) { sum = sum*10 + i })
	fmt.Println(sum)
	arr := [5]int{1, 2, 3, 4, 5}
	sl := arr[1:3]
	sl = append(sl, 99)
	fmt.Println(arr, sl, len(sl), cap(sl), arr[1:2:3])
	pa := (*[2]int)(sl)
	pa[0] = 77
	fmt.Println(arr, [2]int(sl))
	for i, x := range arr {
		arr[4] = 1000
		if i == 4 {
			fmt.Println(x)
		}
	}
	for i := range len("xyz") {
		fmt.Print(i)
	}
	for i, r := range "aé😀\xff" {
		fmt.Print(" ", i, ":", string(r), r)
	}
	fmt.Println()
	x := 10
	ptr := &x
	pp := &ptr
	**pp = 20
	*ptr++
	fmt.Println(x, *ptr == x)
	a, b := 1, 2
	a, b = b, a
	s := []int{0, 1, 2}
	i := 0
	i, s[i] = 2, 9
	fmt.Println(a, b, i, s)
	mm := map[string]map[string]int{}
	if mm["q"] == nil {
		mm["q"] = map[string]int{}
	}
	mm["q"]["w"] += 3
	type key struct{ a, b int }
	mk := map[key][]string{{1, 2}: {"x"}}
	mk[key{1, 2}] = append(mk[key{1, 2}], "y")
	val, ok := mk[key{3, 4}]
	fmt.Println(mm, mk, val == nil, ok)
	delete(mk, key{1, 2})
	fmt.Println(len(mk))
	ma := map[any]string{1: "int", "a": "str", 2.5: "f", key{1, 1}: "key", Celsius(1): "c", [2]int{1, 2}: "arr"}
	fmt.Println(ma[1], ma["a"], ma[2.5], ma[key{1, 1}], ma[Celsius(1)], ma[1.0] == "", ma[[2]int{1, 2}])
	switch y := any(ptr).(type) {
	case *string, *bool:
		fmt.Printf("%T\n", y)
	case *int:
		fmt.Println("int ptr", *y)
	}
	switch {
	case x > 5 && x < 3, x == 21:
		fmt.Println("one")
		fallthrough
	case false:
		fmt.Println("two")
	default:
		fmt.Println("three")
	}
outer:
	for i := 0; ; i++ {
		switch {
		case i == 2:
			continue outer
		case i > 3:
			break outer
		}
		for j := range 10 {
			if j == i {
				continue outer
			}
			fmt.Print(i, j, ";")
		}
	}
	fmt.Println()
	ch := make(chan int)
	done := make(chan struct{})
	var results []int
	go func() {
		defer close(done)
		for v := range ch {
			results = append(results, v*v)
		}
	}()
	for i := range 4 {
		ch <- i
	}
	close(ch)
	<-done
	fmt.Println(results)
	_, open := <-ch
	fmt.Println(open)
	tick := time.After(5 * time.Millisecond)
	quit := make(chan bool, 1)
	quit <- true
	for k := 0; k < 2; k++ {
		select {
		case <-tick:
			fmt.Println("tick")
		case b := <-quit:
			fmt.Println("quit", b)
		}
	}
	var once sync.Once
	for range 3 {
		once.Do(func() { fmt.Println("once") })
	}
	z := new(big.Int).Exp(big.NewInt(2), big.NewInt(100), nil)
	fmt.Println(z, z.Cmp(big.NewInt(5)))
	re := regexp.MustCompile(`(\w)(\d+)`)
	fmt.Println(re.FindAllStringSubmatch("a12 b3", -1), re.ReplaceAllStringFunc("a12 b3", func(s string) string { return strings.ToUpper(s) }))
	words := strings.FieldsFunc("b,a;c", func(r rune) bool { return r == ',' || r == ';' })
	sort.Slice(words, func(i, j int) bool { return words[i] > words[j] })
	fmt.Println(words, strings.Map(func(r rune) rune { return r + 1 }, "abc"))
	fmt.Println(math.MaxInt64, uint64(math.MaxUint64), math.Inf(1), -math.MaxFloat64, math.NaN())
	var u8 uint8 = 250
	u8 += 10
	var i16 int16 = math.MaxInt16
	i16++
	fmt.Println(u8, i16, -7/2, -7%3, 7&^5, 1<<3|1, ^0, uint32(1)<<31)
	fmt.Println(0.1+0.2, float32(0.1), 1e21, 1e20, 100000000.0, 3/2*2.0, 'a'+1, string(rune(65)))
	cx := complex(1, 2)
	fmt.Println(cx*cx, real(cx), imag(cx), cx == 1+2i)
	fmt.Printf("%08.3f|%-5s|%+d|%x|%X|%o|%b|%e|%g|%q|%U|%c|%t|%p\n", 3.14159, "ab", 5, 255, "hi", 8, 5, 12345.678, 1e-7, "q\n", 'é', 'x', true, nil)
	fmt.Printf("%*d|%-*d|%[2]d %[1]d|%v %d%%\n", 5, 42, 4, 7)
	d1, _ := time.ParseDuration("1h15m30s")
	fmt.Println(d1, d1.Minutes(), time.Date(2024, 2, 30, 0, 0, 0, 0, time.UTC).Format("2006-01-02 Mon"), time.Second*2)
	fmt.Fprintln(os.Stdout, runtime.GOOS != "", strconv.Quote("a\tb"), errors.Join(err, io.EOF))
	func() {
		defer func() {
			e := recover().(runtime.Error)
			fmt.Println(e)
		}()
		var np *Dog
		fmt.Println(np.tricks)
	}()
	for _, f := range []func(){
		func() { var m map[string]int; m["a"] = 1 },
		func() { var a []int; k := 5; fmt.Println(a[k]) },
		func() { a := make([]int, 2, 4); k := 5; fmt.Println(a[1:k]) },
		func() { k := 0; fmt.Println(1 / k) },
		func() { var a any = "s"; fmt.Println(a.(int)) },
		func() { var a Animal; a.Name() },
		func() { var a any = c; fmt.Println(a.(error)) },
		func() { var ch chan int; close(ch) },
		func() { ch := make(chan int); close(ch); close(ch) },
		func() { k := -1; _ = make([]int, k) },
		func() { panic(ErrNeg(2)) },
		func() { panic(fmt.Errorf("w: %w", io.EOF)) },
		func() { a, b := any([]int{1}), any([]int{1}); fmt.Println(a == b) },
		func() { var f func(); f() },
		func() { s := "abc"; k := 3; fmt.Println(s[k]) },
		func() { a := [3]int{}; k := 3; a[k] = 1 },
		func() { k := 2; _ = [4]int(make([]int, k)) },
		func() { panic(nil) },
	} {
		func() {
			defer func() {
				r := recover()
				_, isErr := r.(error)
				_, isRuntime := r.(runtime.Error)
				fmt.Println(r, isErr, isRuntime)
			}()
			f()
		}()
	}
}
