package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
)

type Color int

const (
	Red Color = iota
	Green
)

func (c Color) String() string { return [...]string{"Red", "Green"}[c] }

type P struct {
	X, y int
	name string
}

type Shape interface {
	Area() float64
}

type Sq struct{ S float64 }

func (s Sq) Area() float64 { return s.S * s.S }

type Circle struct{ R float64 }

func (c *Circle) Area() float64  { return 3 * c.R * c.R }
func (c *Circle) String() string { return fmt.Sprintf("Circle(%g)", c.R) }

type MyErr struct{ Code int }

func (e *MyErr) Error() string { return fmt.Sprintf("code %d", e.Code) }

type W struct {
	C Color
	c Color
	E error
	T time.Duration
	t time.Duration
	S Shape
	L []Shape
	M map[Color]P
	P *P
	A any
	F func()
	B []byte
}
type Str string
type Bad struct{}

func (b Bad) String() string { panic("no") }

type Celsius float64
type IDs []int

func find(c int) error {
	if c > 0 {
		return &MyErr{c}
	}
	return nil
}

var ErrX = errors.New("x")

func main() {
	fmt.Println(Red, Green, []Color{Red, Green}, map[Color]int{Green: 1, Red: 2})
	fmt.Printf("%d %v %s %q %x %T %5d|%-8v|\n", Green, Green, Green, Green, Green, Green, Green, Green)
	p := P{1, 2, "a"}
	fmt.Println(p, &p)
	fmt.Printf("%v %+v %#v %T\n", p, p, p, p)
	fmt.Printf("%v %+v %#v %T\n", &p, &p, &p, &p)
	m := map[string]Shape{}
	m["a"] = Sq{2}
	m["b"] = &Circle{1}
	fmt.Println(m, m["a"].Area(), m["b"].Area())
	fmt.Printf("%T %T %v\n", m["a"], m["b"], []Shape{Sq{1}, &Circle{2}})
	err := find(3)
	var me *MyErr
	fmt.Println(err, errors.As(err, &me), me.Code, find(0) == nil)
	wrapped := fmt.Errorf("wrap: %w", err)
	me = nil
	fmt.Println(wrapped, errors.As(wrapped, &me), me != nil && me.Code == 3, errors.Is(wrapped, err), errors.Unwrap(wrapped) == err)
	w := W{C: Green, c: Green, E: err, T: time.Second, t: time.Second, S: Sq{1}, L: []Shape{Sq{2}, nil}, M: map[Color]P{Red: p}, A: Green, B: []byte("hi")}
	fmt.Printf("%v\n%+v\n", w, w)
	fmt.Printf("%v|%s|%d\n", Str("s"), Str("s"), IDs{1, 2})
	fmt.Print(Str("a"), Str("b"), 1, 2, "c", Green, Green, "\n")
	fmt.Println(Bad{}, Celsius(36.6), IDs{3})
	fmt.Printf("%.2f %6.1f|%#v %#v %#v\n", Celsius(36.6), Celsius(36.6), Celsius(1), IDs{1}, Str("q"))
	fmt.Printf("%T %T %T %T %T %T\n", w, &w, []P{}, map[string]P{}, func(P) Color { return 0 }, [2]Color{})
	fmt.Printf("%v %+v\n", struct {
		A int
		b string
	}{1, "x"}, struct{ P }{p})
	var s Shape
	var np *P
	fmt.Println(s, np, s == nil, np == nil)
	fmt.Printf("%v %+v %s %d\n", np, s, s, np)
	fmt.Fprintln(os.Stdout, strings.Repeat("=", 5), Green)
	fmt.Println(fmt.Sprint(Green, p, "x"), fmt.Sprintln(p))
	var a any = p
	switch v := a.(type) {
	case Color:
		fmt.Println("color", v)
	case P:
		fmt.Println("P", v.X)
	}
	if st, ok := any(Green).(fmt.Stringer); ok {
		fmt.Println("stringer", st.String())
	}
	if _, ok := a.(fmt.Stringer); !ok {
		fmt.Println("not a stringer")
	}
	_, ok := a.(Shape)
	fmt.Println(ok)
	defer func() {
		r := recover()
		fmt.Println(r)
		_, isErr := r.(error)
		fmt.Println(isErr)
	}()
	fmt.Println(a.(Shape))
}
