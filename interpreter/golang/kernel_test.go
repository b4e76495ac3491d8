//go:build linux

package golang

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/qwen-agent/qwen-agent/interpreter"
	"github.com/qwen-agent/qwen-agent/interpreter/sandbox"
)

// open opens a session, or skips with the reason why this machine cannot.
func open(t testing.TB, o interpreter.Options) *interpreter.Session {
	t.Helper()
	o.Language = Language{}
	s, err := interpreter.Open(context.Background(), o)
	var missing *sandbox.MissingError
	if errors.As(err, &missing) {
		t.Skipf("this machine cannot: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// run runs a cell that the session must be able to take.
func run(t testing.TB, s *interpreter.Session, code string) interpreter.Result {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	r, err := s.Run(ctx, code)
	if err != nil {
		t.Fatalf("%s: %v", code, err)
	}
	return r
}

// errorText is an error as "type: line: message", or "".
func errorText(r interpreter.Result) string {
	if r.Error == nil {
		return ""
	}
	return r.Error.Type + ": " + strconv.Itoa(r.Error.Line) + ": " + r.Error.Message
}

// TestCells runs cells of one session each and looks at the last.
func TestCells(t *testing.T) {
	for _, test := range []struct {
		name          string
		cells         []string
		value, stdout string
		err           string // "type: line: message" of the error, or its beginning
	}{
		{name: "expression", cells: []string{"1 + 2"}, value: "3"},
		{name: "text", cells: []string{`"a" + "b"`}, value: `"ab"`},
		{name: "imports itself", cells: []string{`strings.Repeat("x", 3)`}, value: `"xxx"`},
		{name: "output", cells: []string{"import \"fmt\"\nfmt.Println(\"hi\")"}, stdout: "hi\n"},
		{name: "unused import", cells: []string{"import \"os\"\nimport \"math/rand/v2\"\n1"}, value: "1"},
		{name: "main runs", cells: []string{"package main\n\nimport \"fmt\"\n\nfunc main() {\n\tfmt.Println(6 * 7)\n}\n"}, stdout: "42\n"},
		{name: "main is called", cells: []string{"func main() { println2() }\nfunc println2() { fmt.Println(1) }\nmain()\nmain()"}, stdout: "1\n1\n"},
		{name: "earlier main", cells: []string{"func main() { fmt.Println(1) }", "main()"}, stdout: "1\n"},
		{name: "several values", cells: []string{`strconv.Atoi("12")`}, value: "12, nil"},
		{name: "error value", cells: []string{`strconv.Atoi("x")`}, value: `0, strconv.Atoi: parsing "x": invalid syntax`},
		{name: "no value", cells: []string{"type T int\nfunc (T) M() { fmt.Println(\"m\") }\nT(1).M()"}, stdout: "m\n"},
		{name: "no value of a function", cells: []string{"func f() {}\nf()"}},
		{name: "nil", cells: []string{"nil"}, value: "nil"},
		{name: "struct", cells: []string{"type P struct{ X, y int }\nP{1, 2}"}, value: "P{X: 1, y: 2}"},
		{name: "structs", cells: []string{"type P struct{ X, y int }\n[]P{{1, 2}}"}, value: "[]P{{X: 1, y: 2}}"},
		{name: "unused variable", cells: []string{"x := 1\nvar y, z = 2, 3"}},

		{name: "variables are kept", cells: []string{"x := 1", "x++\ny := x * 10", "x, y = y, x", "[]int{x, y}"}, value: "[]int{20, 2}"},
		{name: "variable of another type", cells: []string{"x := 1", "x := \"a\"", "x"}, value: `"a"`},
		{name: "functions see variables", cells: []string{"n := 0\nfunc inc() int { n++; return n }", "inc()\ninc()", "n"}, value: "2"},
		{name: "closures see variables", cells: []string{"n := 0\ninc := func() { n++ }", "inc()\ninc()\nn"}, value: "2"},
		{name: "same name again", cells: []string{"a, err := strconv.Atoi(\"1\")\nb, err := strconv.Atoi(\"x\")\na + b", "err"}, value: `strconv.Atoi: parsing "x": invalid syntax`},
		{name: "no new variable", cells: []string{"x := 1\nx := 2"}, err: "CompileError: 2: no new variables on left side of :="},
		{name: "type again", cells: []string{"type T struct{ a int }\nv := T{1}", "type T struct{ a, b string }", "T{\"x\", \"y\"}"}, value: `T{a: "x", b: "y"}`},
		{name: "old values of a type that is declared again", cells: []string{"type T struct{ a int }\nv := T{1}", "type T struct{ b int }", "v"}, value: "T{a: 1}"},
		{name: "fields of an earlier cell", cells: []string{"type T struct{ a, b int }\nfunc (t T) sum() int { return t.a + t.b }", "t := T{1, 2}\nt.a = 5\nt.sum()"}, value: "7"},
		{name: "method in a later cell", cells: []string{"type T int", "func (t T) Twice() T { return 2 * t }"}, err: "CompileError: 1: methods stand in the cell of their type: declare the type T again"},
		{name: "function again", cells: []string{"func f() int { return 1 }", "func f() int { return 2 }", "f()"}, value: "2"},
		{name: "generic function of an earlier cell", cells: []string{"func Map[T, U any](s []T, f func(T) U) (r []U) { for _, v := range s { r = append(r, f(v)) }; return }",
			"Map([]int{1, 2}, func(i int) string { return fmt.Sprint(i) })"}, value: `[]string{"1", "2"}`},
		{name: "constants", cells: []string{"const (\n\tA = iota\n\tB\n)", "[]int{A, B}"}, value: "[]int{0, 1}"},
		{name: "import kept", cells: []string{"import m \"math\"", "m.Sqrt(4)"}, value: "2"},
		{name: "var after a statement", cells: []string{"fmt.Println(1)\nvar x int = 5\nfunc f() int { return x }\nf()"}, stdout: "1\n", value: "5"},
		{name: "order of variables", cells: []string{"var a = b + 1\nvar b = 2\na"}, value: "3"},
		{name: "a statement's variable that its function uses", cells: []string{"f := g()\nfunc g() int { return f + 1 }\n[]int{f, g()}"}, value: "[]int{1, 2}"},
		{name: "variable of itself", cells: []string{"x := x + 1"}, err: "CompileError: 1: initialization cycle: x refers to itself"},
		{name: "goroutine of an earlier cell", cells: []string{"c := make(chan int)\ngo func() { for i := range 3 { c <- i } }()", "[]int{<-c, <-c, <-c}"}, value: "[]int{0, 1, 2}"},
		{name: "defer", cells: []string{"x := 1\ndefer fmt.Println(x)\nx = 2\nfmt.Println(x)"}, stdout: "2\n1\n"},
		{name: "return", cells: []string{"fmt.Println(1)\nif true { return }\nfmt.Println(2)"}, stdout: "1\n"},
		{name: "init", cells: []string{"var x = 1\nfunc init() { x = 2 }\nx"}, value: "2"},
		{name: "range over int and func", cells: []string{"seq := func(yield func(int) bool) { for i := range 3 { if !yield(i) { return } } }\nsum := 0\nfor v := range seq { sum += v }\nsum"}, value: "3"},

		{name: "failed cell declares nothing", cells: []string{"func f() int { return 1 }", "func f() int { return undefinedThing }", "f()"}, value: "1"},
		{name: "variables after a panic", cells: []string{"x := 1", "x = 5\npanic(\"no\")", "x"}, value: "5"},
		{name: "syntax error", cells: []string{"x := (1"}, err: "SyntaxError: 1: the ( is not closed"},
		{name: "compile error", cells: []string{"\n\nvar s string = 1"}, err: "CompileError: 3: cannot use 1 (untyped int constant) as string value"},
		{name: "undefined", cells: []string{"x := 1\ny := z"}, err: "CompileError: 2: undefined: z"},
		{name: "unused in a function", cells: []string{"func f() { x := 1 }"}, err: "CompileError: 1: declared and not used: x"},
		{name: "panic", cells: []string{"func f(a []int, i int) int {\n\treturn a[i]\n}", "\nf(nil, 5)"}, err: "panic: 2: runtime error: index out of range [5] with length 0"},
		{name: "panic of one's own", cells: []string{"x := 1\npanic(fmt.Sprint(\"bad \", x))"}, err: "panic: 2: bad 1"},
		{name: "panic in a goroutine", cells: []string{"go func() {\n\tpanic(1)\n}()\ntime.Sleep(time.Second)"}, err: "panic: 2: 1"},
		{name: "panic in a timer", cells: []string{"time.AfterFunc(1, func() {\n\tpanic(1)\n})\ntime.Sleep(time.Second)"}, err: "panic: 2: 1"},
		{name: "panic in a group", cells: []string{"var group sync.WaitGroup\ngroup.Go(func() {\n\tpanic(1)\n})\ntime.Sleep(time.Second)"}, err: "panic: 3: 1"},
		{name: "panic with a long text", cells: []string{"panic(strings.Repeat(\"x\", 64<<20))"}, err: "panic: 1: " + strings.Repeat("x", 10_000) + "…"},
		{name: "a cell's values in an interface", cells: []string{"type T struct{ a int }\n[]any{T{1}, []any{T{2}}, map[string]any{\"t\": &T{3}}}"},
			value: `[]any{T{a: 1}, []any{T{a: 2}}, map[string]any{"t": &T{a: 3}}}`},
		{name: "panic in a goroutine that is waited for", cells: []string{"var wg sync.WaitGroup\nwg.Add(1)\ngo func() {\n\tdefer wg.Add(1)\n\tpanic(\"lost\")\n}()\nwg.Wait()"}, err: "panic: 5: lost"},
		{name: "exit of a goroutine that is waited for", cells: []string{"c := make(chan int)\ngo func() { os.Exit(4) }()\nvar mu sync.Mutex\nmu.Lock()\nmu.Lock()\n<-c"}, err: "ExitError: 0: the program ended with exit status 4"},
		{name: "nil pointer", cells: []string{"var p *struct{ a int }\np.a"}, err: "panic: 2: runtime error: invalid memory address"},
		{name: "nil map", cells: []string{"var m map[string][]int\nm[\"a\"] = nil"}, err: "panic: 2: assignment to entry in nil map"},
		{name: "division", cells: []string{"x := 0\n\n1 / x"}, err: "panic: 3: runtime error: integer divide by zero"},
		{name: "assertion", cells: []string{"type T int\nvar x any = T(1)\nx.(string)"}, err: "panic: 3: interface conversion: interface {} is main.T, not string"},
		{name: "endless recursion", cells: []string{"func f(n int) int {\n\treturn f(n+1) + 1\n}\nx := 7", "f(0)"}, err: "fatal error: "},
		{name: "exit status", cells: []string{"fmt.Println(1)\nos.Exit(3)"}, stdout: "1\n", err: "ExitError: 0: the program ended with exit status 3"},
		{name: "a logger's exit", cells: []string{"log.New(os.Stdout, \"\", 0).Fatalf(\"bye %d\", 1)"}, stdout: "bye 1\n", err: "ExitError: 0: the program ended with exit status 1"},
		{name: "exit is not recovered from", cells: []string{"defer func() { fmt.Println(recover()) }()\nos.Exit(2)"}, err: "ExitError: 0: the program ended with exit status 2"},
		{name: "exit status 0", cells: []string{"os.Exit(0)\n5"}},
		{name: "unknown package", cells: []string{"\nimport \"github.com/x/y\""}, err: "CompileError: 2: package \"github.com/x/y\" cannot be imported"},
		{name: "no programs", cells: []string{"import \"os/exec\""}, err: "CompileError: 1: package \"os/exec\" cannot be imported: a cell starts no programs"},
		{name: "a package that cannot be had, without its import", cells: []string{"x := 1\ntemplate.New(\"x\")"}, err: "CompileError: 2: package \"text/template\" cannot be imported"},
		{name: "no network", cells: []string{"import \"net/http\""}, err: "CompileError: 1: package \"net/http\" cannot be imported: a cell has no network"},
		{name: "no way around the types", cells: []string{"import \"unsafe\""}, err: "CompileError: 1: package \"unsafe\" cannot be imported in a cell"},
		{name: "not on the list", cells: []string{"os.StartProcess"}, err: "CompileError: 1: undefined: os.StartProcess"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := open(t, interpreter.Options{})
			var r interpreter.Result
			for _, c := range test.cells {
				r = run(t, s, c)
			}
			if r.Value != test.value || r.Stdout != test.stdout || r.Ended || r.Stderr != "" && test.err == "" {
				t.Errorf("value %s, stdout %q, stderr %q, ended %v; want %s, %q", r.Value, r.Stdout, r.Stderr, r.Ended, test.value, test.stdout)
			}
			got := errorText(r)
			if !strings.HasPrefix(got, test.err) || (got == "") != (test.err == "") {
				t.Errorf("error %q, want %q; trace:\n%v", got, test.err, r.Error)
			}
		})
	}
}

// TestMemory shows that a cell that wants too much memory does not cost the variables.
func TestMemory(t *testing.T) {
	for name, code := range map[string]string{
		"many": "x := [][]byte{}\nfor { x = append(x, make([]byte, 1<<16)) }", "at once": "n := 1 << 33\nx := make([]int, n)",
		"map": "func f() { m := map[int][64]int{}; for i := 0; ; i++ { m[i] = [64]int{i} } }\nf()", "text": "s := \"x\"\nfor { s += s }",
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, interpreter.Options{})
			run(t, s, "y := 7")
			r := run(t, s, code)
			if r.Error == nil || r.Error.Type != "MemoryLimit" && r.Error.Type != "fatal error" || len(r.Stderr) > 200 {
				t.Fatalf("got %+v, stderr %.300q", r.Error, r.Stderr)
			}
			if r := run(t, s, "y"); r.Value != "7" {
				t.Errorf("y is %s afterwards, %v", r.Value, r.Error)
			}
		})
	}
}

// TestInterrupt stops cells that would not end, and looks at what is left.
func TestInterrupt(t *testing.T) {
	for name, code := range map[string]string{
		"loop": "for { x++ }", "empty loop": "for {}", "channel": "<-make(chan int)", "select": "select {}", "sleep": "time.Sleep(time.Hour)",
		"callback": "sort.Slice(make([]int, 100), func(i, j int) bool { for { x++ } })", "recover": "func() { defer func() { recover() }(); for { x++ } }()\nx = -1",
		"goroutine": "go func() { for { x++ } }()\nselect {}",
		"group":     "var group sync.WaitGroup\ngroup.Go(func() { for { x++ } })\ngroup.Wait()", "wait": "var wg sync.WaitGroup\nwg.Add(1)\nwg.Wait()", "lock": "var mu sync.Mutex\nmu.Lock()\nmu.Lock()",
		"range": "for range func(yield func() bool) { for yield() { x++ } } {}",
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, interpreter.Options{Limits: sandbox.Limits{Wall: 400 * time.Millisecond}})
			run(t, s, "x := 7")
			r := run(t, s, code)
			if r.Error == nil || r.Error.Type != "Timeout" || r.Ended {
				t.Fatalf("got %+v, ended %v; want a timeout that keeps the variables", r.Error, r.Ended)
			}
			if r := run(t, s, "x >= 7"); r.Value != "true" {
				t.Errorf("x >= 7 is %s afterwards, %v", r.Value, r.Error)
			}
		})
	}
}
