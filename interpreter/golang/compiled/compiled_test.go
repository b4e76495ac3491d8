package compiled

import (
	"context"
	"errors"
	"os/exec"
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
	if _, err := exec.LookPath("go"); err != nil {
		t.Skipf("this machine has no Go toolchain in PATH: %v", err)
	}
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
		{name: "program", cells: []string{"package main\n\nimport (\n\t\"fmt\"\n\t\"os\"\n)\n\nfunc main() {\n\tfmt.Println(6 * 7)\n}\n"}, stdout: "42\n"},
		{name: "main is called", cells: []string{"func main() { println2() }\nfunc println2() { fmt.Println(1) }\nmain()\nmain()"}, stdout: "1\n1\n"},
		{name: "earlier main", cells: []string{"func main() { fmt.Println(1) }", "main()"}, stdout: "1\n"},
		{name: "several values", cells: []string{`strconv.Atoi("12")`}, value: "12, nil"},
		{name: "error value", cells: []string{`strconv.Atoi("x")`}, value: `0, strconv.Atoi: parsing "x": invalid syntax`},
		{name: "no value", cells: []string{"type T int\nfunc (T) M() { fmt.Println(\"m\") }\nT(1).M()"}, stdout: "m\n"},
		{name: "no value of a function", cells: []string{"func f() {}\nf()"}},
		{name: "nil", cells: []string{"nil"}, value: "nil"},
		{name: "struct", cells: []string{"type P struct{ X, y int }\nP{1, 2}"}, value: "P{X: 1, y: 2}"},
		{name: "unused variable", cells: []string{"x := 1\nvar y, z = 2, 3"}},
		{name: "unused import", cells: []string{"import \"os\"\nimport \"math/rand/v2\"\n1"}, value: "1"},
		{name: "range over int and func", cells: []string{"seq := func(yield func(int) bool) { for i := range 3 { if !yield(i) { return } } }\nsum := 0\nfor v := range seq { sum += v }\nsum"}, value: "3"},
		{name: "generics", cells: []string{"func Map[T, U any](s []T, f func(T) U) (r []U) { for _, v := range s { r = append(r, f(v)) }; return }\nMap([]int{1, 2}, func(i int) string { return fmt.Sprint(i) })"}, value: `[]string{"1", "2"}`},
		{name: "defer", cells: []string{"x := 1\ndefer fmt.Println(x)\nx = 2\nfmt.Println(x)"}, stdout: "2\n1\n"},
		{name: "return", cells: []string{"fmt.Println(1)\nif true { return }\nfmt.Println(2)"}, stdout: "1\n"},
		{name: "goroutines", cells: []string{"var wg sync.WaitGroup\nvar n atomic.Int64\nfor range 100 { wg.Go(func() { n.Add(1) }) }\nwg.Wait()\nn.Load()"}, value: "100"},
		{name: "init", cells: []string{"var x = 1\nfunc init() { x = 2 }\nx"}, value: "2"},

		{name: "function kept", cells: []string{"func f(x int) int { return x + 1 }", "f(1)"}, value: "2"},
		{name: "function again", cells: []string{"func f() int { return 1 }\nfunc g() int { return f() }", "func f() int { return 2 }", "g()"}, value: "2"},
		{name: "type kept", cells: []string{"type T struct{ a int }\nfunc (t T) Get() int { return t.a }", "func (t T) Twice() int { return 2 * t.Get() }", "T{4}.Twice()"}, value: "8"},
		{name: "type again", cells: []string{"type T int\nfunc (t T) Get() int { return 1 }", "type T string", "T(\"x\").Get()"}, err: "CompileError: 1: T(\"x\").Get undefined"},
		{name: "method again", cells: []string{"type T int\nfunc (t T) Get() int { return 1 }", "func (t T) Get() int { return 2 }", "T(0).Get()"}, value: "2"},
		{name: "method before its type", cells: []string{"func (t T) Get() int { return 1 }\ntype T int", "T(0).Get()"}, value: "1"},
		{name: "constants", cells: []string{"const (\n\tA = iota\n\tB\n\tC\n)", "const B = 10", "[]int{A, B, C}"}, value: "[]int{0, 10, 2}"},
		{name: "import kept", cells: []string{"import m \"math\"", "m.Sqrt(4)"}, value: "2"},
		{name: "import means what it meant", cells: []string{"import \"crypto/rand\"\nfunc f() int { b := make([]byte, 4); n, _ := rand.Read(b); return n }", "import \"math/rand\"\nrand.Seed(1)\nf()"}, value: "4"},
		{name: "unused function with a lost variable", cells: []string{"var t = 1\nfunc f() int { return t }", "2"}, value: "2"},
		{name: "function and variable declared again", cells: []string{"var t = 1\nfunc f() int { return t }", "var t = 5\nf()"}, value: "5"},
		{name: "package variable", cells: []string{"x := 3\nfunc f() int { return x }\nx++\nf()"}, value: "4"},

		{name: "lost variable", cells: []string{"x := 1", "func f() {}", "\nx + 1"}, err: "CompileError: 2: undefined: x (it is a variable of cell 1: a compiled cell keeps"},
		{name: "lost variable in a function", cells: []string{"var t = 1\nfunc f() int { return t }", "f()"}, err: "CompileError: 0: cell 1, which this cell uses: undefined: t (it is a variable of cell 1"},
		{name: "lost variable named like a package", cells: []string{"path := \"a\"", "path.Base(path)"}, err: "CompileError: 1: undefined: path (it is a variable of cell 1"},
		{name: "hidden variable", cells: []string{"fmt.Println(1)\nx := 1\nfunc f() int { return x }\nf()"}, err: "CompileError: 3: undefined: x (it belongs to the statements"},
		{name: "failed cell leaves nothing", cells: []string{"func f() int { return 1 }", "func f() int { return undefinedThing }", "f()"}, value: "1"},
		{name: "syntax error", cells: []string{"x := (1"}, err: "SyntaxError: 1: the ( is not closed"},
		{name: "compile error", cells: []string{"\n\nvar s string = 1"}, err: "CompileError: 3: cannot use 1 (untyped int constant) as string value"},
		{name: "unused in a function", cells: []string{"func f() { x := 1 }"}, err: "CompileError: 1: declared and not used: x"},
		{name: "panic", cells: []string{"func f(a []int, i int) int {\n\treturn a[i]\n}", "\nf(nil, 5)"}, err: "panic: 2: runtime error: index out of range [5] with length 0"},
		{name: "panic of one's own", cells: []string{"x := 1\npanic(fmt.Sprint(\"bad \", x))"}, err: "panic: 2: bad 1"},
		{name: "panic in a goroutine", cells: []string{"go func() {\n\tpanic(1)\n}()\ntime.Sleep(time.Second)"}, err: "panic: 2: 1"},
		{name: "nil pointer", cells: []string{"var p *struct{ a int }\np.a"}, err: "panic: 2: runtime error: invalid memory address"},
		{name: "deadlock", cells: []string{"\n<-make(chan int)"}, err: "fatal error: 2: all goroutines are asleep"},
		{name: "endless recursion", cells: []string{"func f(n int) int {\n\treturn f(n+1) + 1\n}\nf(0)"}, err: "fatal error: 1: stack overflow"},
		{name: "exit status", cells: []string{"fmt.Println(1)\nos.Exit(3)"}, stdout: "1\n", err: "ExitError: 0: the program ended with exit status 3"},
		{name: "exit status 0", cells: []string{"os.Exit(0)\n5"}},
		{name: "state after a panic", cells: []string{"func f() int { return 7 }\npanic(1)", "f()"}, value: "7"},
		{name: "unknown package", cells: []string{"\nimport \"github.com/x/y\""}, err: "CompileError: 2: package \"github.com/x/y\" cannot be imported"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := open(t, interpreter.Options{})
			var r interpreter.Result
			for _, c := range test.cells {
				r = run(t, s, c)
				if len(r.Files) > 0 {
					t.Errorf("%q leaves files: %v", c, r.Files)
				}
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

// TestTraces compares what a reader of an error sees.
func TestTraces(t *testing.T) {
	for _, test := range []struct{ cells, want string }{
		{"func f(a []int, i int) int {\n\treturn a[i]\n}|\nf(nil, 5)",
			"panic: runtime error: index out of range [5] with length 0\n\ngoroutine 1 [running]:\nmain.f(...)\n\tcell 1:2\nthe cell's statements\n\tcell 2:2"},
		{"x := 1\nfunc f() { g() }\nfunc g() { panic(\"no\") }\nif x > 0 {\n\tf()\n}",
			"panic: no\n\ngoroutine 1 [running]:\nmain.g(...)\n\tcell 1:3\nmain.f(...)\n\tcell 1:2\nthe cell's statements\n\tcell 1:5"},
		{"var x int = \"a\"\ny := z", "cell 1:1:13: cannot use \"a\" (untyped string constant) as int value in variable declaration\ncell 1:2:6: undefined: z"},
		{"func main() { panic(1) }", "panic: 1\n\ngoroutine 1 [running]:\nmain.main()\n\tcell 1:1"},
		{"func() { panic(1) }()", "panic: 1\n\ngoroutine 1 [running]:\nthe cell's statements, func1(...)\n\tcell 1:1\nthe cell's statements\n\tcell 1:1"},
	} {
		s := open(t, interpreter.Options{})
		var r interpreter.Result
		for c := range strings.SplitSeq(test.cells, "|") {
			r = run(t, s, c)
		}
		if r.Error == nil || r.Error.Trace != test.want || r.Stderr != "" {
			t.Errorf("%s: got\n%s\nwant\n%s\nstderr %q", test.cells, r.Error.Trace, test.want, r.Stderr)
		}
	}
	r := run(t, open(t, interpreter.Options{}), "func f(n int) int {\n\treturn f(n+1) + 1\n}\nf(0)")
	if n := strings.Count(r.Error.Trace, "\n"); n > 60 || strings.Contains(r.Error.Trace, "0x") {
		t.Errorf("the trace of an endless recursion has %d lines:\n%s", n, r.Error.Trace)
	}
}

// errorText is an error as "type: line: message", or "".
func errorText(r interpreter.Result) string {
	if r.Error == nil {
		return ""
	}
	return r.Error.Type + ": " + strconv.Itoa(r.Error.Line) + ": " + r.Error.Message
}
