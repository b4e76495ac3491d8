package main
import "fmt"
type Shape_ struct { T int; V interface{}; Area func() float64; Self func() Shape_ }
type Sq struct{ s float64; next *Sq; kids []*Sq; m map[string]*Sq; sh Shape_ }
func Sq_Area(q Sq) float64 { return q.s*q.s }
func Sq_PInc(q *Sq) { q.s++ }
func Sq_to_Shape(q Sq) Shape_ { return Shape_{T:1,V:q,Area: func() float64 {return Sq_Area(q)}} }
func PSq_to_Shape(q *Sq) Shape_ { return Shape_{T:2,V:q,Area: func() float64 {return Sq_Area(*q)}} }
func main(){
 m := map[string]Shape_{}
 m["a"]=Sq_to_Shape(Sq{s:2}); fmt.Println(m["a"].Area())
 p := &Sq{s:3}
 m["b"]=PSq_to_Shape(p); p.s=5; Sq_PInc(p)
 fmt.Println(m["b"].Area(), m["b"].V.(*Sq).s, m["b"].V.(*Sq)==p)
 v := m["a"].V.(Sq)
 fmt.Println(v.s)
 p.sh = m["a"]
 p.next = &Sq{s: 9}
 p.next.sh = m["b"]
 fmt.Println(p.next.sh.Area(), p.sh.Area())
 var fs []func() int
 for i0 := 0; i0 < 3; i0++ { i := i0; fs = append(fs, func() int { i += 10; return i }) }
 for _, f := range fs { fmt.Println(f(), f()) }
 x := 1
 { a0 := x; defer func() { fmt.Println("d", a0) }() }
 for j := 0; j < 3; j++ { a1 := j; defer func() { fmt.Println("dl", a1) }() }
 x = 2
 arr := [3]Sq{}
 brr := arr
 brr[0].s = 4
 fmt.Println(arr[0].s, brr[0].s)
 s1 := []Sq{{s:1},{s:2}}
 for i := range s1 { s1[i].s *= 2; Sq_PInc(&s1[i]) }
 fmt.Println(s1[0].s, s1[1].s)
 c := s1[0]; c.s = 100; fmt.Println(s1[0].s)
 a, b := 1, 2
 a, b = b, a+b
 fmt.Println(a,b)
 s1[0], s1[1] = s1[1], s1[0]
 fmt.Println(s1[0].s, s1[1].s)
 mm := map[string][]int{}
 mm["x"] = append(mm["x"], 1, 2)
 mm["x"][0]++
 fmt.Println(mm)
 type pt struct{x,y int}
 mp := map[pt]int{}
 mp[pt{1,2}]++
 mp[pt{1,2}] += 5
 fmt.Println(mp[pt{1,2}], len(mp))
 func() { defer func() { r := recover(); fmt.Println("rec", r) }(); var q *Sq; fmt.Println(q.s) }()
 func() { defer func() { r := recover(); fmt.Println("rec", r) }(); var q []int; k := 5; fmt.Println(q[k]) }()
 func() { defer func() { r := recover(); fmt.Println("rec", r) }(); var q map[string]int;  q["a"]=1 }()
 func() { defer func() { r := recover(); fmt.Println("rec", r) }(); z := 0; fmt.Println(1/z) }()
 func() { defer func() { r := recover(); fmt.Println("rec", r) }(); var z interface{} = 1; fmt.Println(z.(string)) }()
 var e error = fmt.Errorf("x")
 if e != nil { fmt.Println(e) }
 switch z := interface{}(3.5).(type) { case int: fmt.Println("int", z); case float64: fmt.Println("f", z) }
 ch := make(chan int, 3)
 go func() { for i := 0; i < 3; i++ { ch <- i }; close(ch) }()
 for v := range ch { fmt.Println(v) }
 var i8 int8 = 127
 i8++
 var u8 uint8 = 3
 fmt.Println(i8, u8-4, -7/2, -7%3, 1<<3|1, 7&^2)
 str := "héllo"
 for i, r := range str { fmt.Print(i, r, " ") }
 fmt.Println(str[1], len(str), []byte(str)[0], string([]rune(str)[1]))
outer:
 for i := 0; i < 3; i++ { for j := 0; j < 3; j++ { if j == 2 { continue outer }; if i == 2 { break outer }; fmt.Println(i, j) } }
}
