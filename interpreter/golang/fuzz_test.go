package golang

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/interpreter/wire"
)

// FuzzPrepare takes cells as far as they go without running them: whatever they are, they
// are refused with an error of the cell's or made ready.
func FuzzPrepare(f *testing.F) {
	files, err := filepath.Glob("testdata/programs/*.go")
	if err != nil || len(files) == 0 {
		f.Fatalf("no programs: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	for _, cell := range []string{
		"x := 1; x, y := 2, 3\nvar z = x + y; func f() int { return z }; f()", "type T[K comparable] map[K]T[K]; var t T[int]; t", "a, _ := 1, 2; _ = a; _ := 3",
		"for i := range 3 { defer func() { i++ }() }", "var a, b = func() (int, string) { return 1, \"\" }(); b", "type T *T; var t T; t", "x := x", "L: for { break L }",
		"const c = iota; var v [c + 3]int; len(v)", "var (\n\ta = 1\n\tb, c = 2, \"x\"\n)\n1\nvar (\n\td, e = b, c\n)\ne", "type E struct{ error; *E }; E{}", "goto L\nL:\n",
		"type I interface{ I2 }; type I2 interface{ I }", "import m \"math\"; m.Pi", "func (x T) M() {}; type T struct{ x [2]T }", "1 << 100", "nil", "func main() {}; main",
		"x := func() {}; x = nil; x()", "switch x := any(1).(type) { case int: x++ }", "_qwen_show(1)", "package main\nfunc init() {}\nfunc _() {}\nvar _ = 1",
	} {
		f.Add(cell)
	}
	f.Fuzz(func(t *testing.T, source string) {
		s := newSession()
		a := newAttempt(s, 1)
		if a.parse(source) != nil {
			return
		}
		_, show := a.cell.Last()
		p, err := a.check(show)
		if err == nil {
			err = a.prepare(p)
		}
		if err != nil {
			located(t, source, err)
		}
	})
}

// located checks that an error says what is wrong, and where in the cell.
func located(t *testing.T, source string, e *wire.Error) {
	if e.Message == "" || e.Type == "" {
		t.Errorf("an error without a text: %+v", e)
	}
	if lines := strings.Count(source, "\n") + 1; e.Line < 0 || e.Line > lines {
		t.Errorf("line %d of %d: %s", e.Line, lines, e.Message)
	}
}
