package cell

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// list is a cell's pieces as "kind line:column names text".
func list(c *Cell) (lines []string) {
	for _, p := range c.Pieces {
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%d %d:%d %s|%s", p.Kind, p.Line, p.Column, strings.Join(p.Names(), ","), p.Text)))
	}
	return lines
}

func TestParse(t *testing.T) {
	for _, test := range []struct {
		name, source string
		want         []string
	}{
		{"expression", "1 + 2", []string{"6 1:1 |1 + 2"}},
		{"program", "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(1) }", []string{
			"0 1:1 |package main", `1 3:1 fmt|import "fmt"`, "5 5:1 main|func main() { fmt.Println(1) }"}},
		{"mixed", "x := 1 // one\n\nfunc f(a int) int {\n\treturn a\n}\ny := f(x); y", []string{
			"6 1:1 x|x := 1", "5 3:1 f|func f(a int) int {\n\treturn a\n}", "6 6:1 y|y := f(x)", "6 6:12 |y"}},
		{"groups", "import (\n\t\"fmt\"; m \"math\"\n)\ntype (\n\tA int\n\tB = A\n)\nconst (\n\tC = iota\n\tD\n)", []string{
			`1 2:2 fmt|"fmt"`, `1 2:9 m|m "math"`, "3 5:2 A|A int", "3 6:2 B|B = A", "2 8:1 C,D|const (\n\tC = iota\n\tD\n)"}},
		{"literal", "func() { println(1) }()\nfunc (x int) int { return x }(2)", []string{
			"6 1:1 |func() { println(1) }()", "6 2:1 |func (x int) int { return x }(2)"}},
		{"method", "func (x *T[K]) Get() int { return 1 }\nfunc G[T any](x T) {}", []string{
			"5 1:1 |func (x *T[K]) Get() int { return 1 }", "5 2:1 G|func G[T any](x T) {}"}},
		{"headers", "for i := 0; i < 3; i++ { println(i) }; if x := 1; x > 0 {} else if y := 2; y > 1 {}; switch z := 3; z {}; 7", []string{
			"6 1:1 |for i := 0; i < 3; i++ { println(i) }", "6 1:40 |if x := 1; x > 0 {} else if y := 2; y > 1 {}", "6 1:86 |switch z := 3; z {}", "6 1:107 |7"}},
		{"literal in a header", "if f := func() bool { return true }; f() { println(1) }; for range []int{1, 2} {}; 3", []string{
			"6 1:1 |if f := func() bool { return true }; f() { println(1) }", "6 1:58 |for range []int{1, 2} {}", "6 1:84 |3"}},
		{"label", "L:\nfor {\n\tbreak L\n}", []string{"6 1:1 |L:\nfor {\n\tbreak L\n}"}},
		{"raw string", "a := `x\r\n}`\nvar b, _ = a, 1", []string{"6 1:1 a|a := `x\r\n}`", "4 3:1 b|var b, _ = a, 1"}},
		{"nothing", "// only a comment\n;;\n", nil},
		{"version", "import \"math/rand/v2\"", []string{`1 1:1 rand|import "math/rand/v2"`}},
		{"operator at the end", "x++\n<-c", []string{"6 1:1 |x++", "6 2:1 |<-c"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, err := Parse("cell 1", test.source)
			if err != nil {
				t.Fatal(err)
			}
			if got := list(c); !slices.Equal(got, test.want) {
				t.Errorf("got %q\nwant %q", got, test.want)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for _, test := range []struct{ source, want string }{
		{"x := (1", "1:6: the ( is not closed"},
		{"x := 1\n}", "2:1: unexpected }"},
		{"f(a]", "1:4: unexpected ], the ( of line 1 is not closed"},
		{"x := \"abc", "1:6: string literal not terminated"},
		{"x = = 1", "1:5: expected operand, found '='"},
		{"\nif x {", "2:6: the { is not closed"},
		{"func f( {}", "1:7: the ( is not closed"},
		{"x := 5 6", "1:8: "},
		{"import 7", "1:8: "},
		{"if if if", "1:4: "},
		{"for ;;;; {}", "1:7: "},
		{"case 1:", "1:1: "},
		{"else {}", "1:1: "},
	} {
		_, err := Parse("cell 1", test.source)
		var wrong *SyntaxError
		if !errors.As(err, &wrong) || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%q: %v, want %s", test.source, err, test.want)
		}
	}
}

func TestDirectives(t *testing.T) {
	c, err := Parse("cell 1", "//go:embed x.txt\nvar s string\n\nfunc f() {\n\t//go:noinline\n}")
	if err != nil {
		t.Fatal(err)
	}
	if want := []Directive{{1, "//go:embed"}, {5, "//go:noinline"}}; !slices.Equal(c.Directives, want) {
		t.Errorf("got %v, want %v", c.Directives, want)
	}
}

func TestFree(t *testing.T) {
	c, err := Parse("cell 1", "type T struct{ a int }\nfunc f(x int) T { y := x + k; return T{math.Abs(y).z} }\nv := f(1); v.a + w")
	if err != nil {
		t.Fatal(err)
	}
	names, qualifiers := c.Free(c.Pieces[1].Node)
	for name, want := range map[string]bool{"T": true, "k": true, "math": true, "x": false, "y": false, "z": false, "Abs": false} {
		if names[name] != want {
			t.Errorf("%s is free: %v, want %v", name, names[name], want)
		}
	}
	if !qualifiers["math"] || len(qualifiers) != 1 {
		t.Errorf("qualifiers are %v, want math", qualifiers)
	}
	names, _ = c.Free(c.Pieces[3].Node)
	if names["v"] || !names["w"] {
		t.Errorf("free in the last statement are %v, want w alone", names)
	}
}

func TestLast(t *testing.T) {
	for source, want := range map[string]bool{
		"1": true, "x": true, "f(2)": true, "x := 1": false, "fmt.Println(1)": false, "(fmt.Printf(\"\"))": false, "x++": false,
		"func g() {}\ng()": false, "func g() int { return 1 }\ng()": true, "func() {}()": false, "a.b()": true, "println(1)": false,
		"len(x)": true, "fmt.Sprint(1)": true, "type T int": false, "1\ntype T int": false, "<-c": true,
	} {
		c, err := Parse("cell 1", source)
		if err != nil {
			t.Fatal(err)
		}
		if _, got := c.Last(); got != want {
			t.Errorf("%q shows its last statement: %v, want %v", source, got, want)
		}
	}
}

func TestIncomplete(t *testing.T) {
	for code, want := range map[string]bool{
		"x := 1": false, "f(": true, "if x {": true, "if x {\n}": false, "s := `a": true, "/* a": true, "s := \"a": false, ")": false, "(]": false,
	} {
		if got := Incomplete(code); got != want {
			t.Errorf("%q is incomplete: %v, want %v", code, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("x := 1; func f() {}\nfor ;; {}; `a\r\n`")
	f.Add("type (\nA int\n)\nif f := func() {}; true {}")
	f.Fuzz(func(t *testing.T, source string) {
		c, err := Parse("cell 1", source)
		if err != nil {
			var wrong *SyntaxError
			if !errors.As(err, &wrong) {
				t.Fatalf("error of another kind: %v", err)
			}
			return
		}
		for _, p := range c.Pieces {
			if p.Kind != Package && p.Node == nil {
				t.Errorf("%q has no node", p.Text)
			}
			if !strings.Contains(source, p.Text) {
				t.Errorf("%q is not in the cell", p.Text)
			}
			if p.Node != nil {
				c.Free(p.Node)
			}
		}
		c.Last()
		Incomplete(source)
	})
}
