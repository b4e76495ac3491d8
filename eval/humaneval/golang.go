package humaneval

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strings"
)

// testify is what the tests use of github.com/stretchr/testify/assert, which the sandbox does
// not have. A failure ends the program at once.
const testify = `
type testifyPackage struct{}

var assert testifyPackage

func (testifyPackage) New(t *testing.T) testifyAssertions { return testifyAssertions{} }

type testifyAssertions struct{}

func (testifyAssertions) Equal(want, got any, _ ...any) bool {
	equal := reflect.DeepEqual(want, got)
	if b, ok := want.([]byte); ok && !equal {
		c, ok := got.([]byte)
		equal = ok && b != nil && c != nil && bytes.Equal(b, c)
	}
	if !equal {
		panic(fmt.Sprintf("got %#v, wanted %#v", got, want))
	}
	return true
}
`

var funcName = regexp.MustCompile(`(?m)^func (\w+)\(`)

// lastFunc is the name of the last function of a piece of Go.
func lastFunc(code string) string {
	all := funcName.FindAllStringSubmatch(code, -1)
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1][1]
}

// goProgram puts what the prompt has besides the function, imports and helpers, before the
// model's code, which is the function or else its body. A main function is left out.
func (p *Problem) goProgram(code string) (string, error) {
	if !p.defines(code) {
		code = p.Prompt + code
		if strings.Count(code, "{") > strings.Count(code, "}") {
			code += "\n}\n"
		}
	}
	u := goUnit{seen: map[string]bool{}}
	if err := u.add(code, true); err != nil {
		return code, err
	}
	if err := u.add(p.Prompt+"\npanic(0)\n}\n", false); err != nil { // its helpers
		return code, fmt.Errorf("the prompt of %s: %w", p.ID, err)
	}
	return u.String(), nil
}

// goCell is a program with its test, which prints the mark if it gets to its end.
func (p *Problem) goCell(program, mark string) (string, error) {
	u := goUnit{seen: map[string]bool{}}
	for _, part := range []string{program, p.Setup, p.Test, `import ("bytes"; "fmt"; "reflect"; "testing")` + testify} {
		if err := u.add(part, true); err != nil {
			return "", err
		}
	}
	return u.String() + fmt.Sprintf("\nfunc main() {\n\t%s(new(testing.T))\n\tfmt.Println(%q)\n}\n", lastFunc(p.Test), mark), nil
}

// goUnit is a package that is put together from pieces.
type goUnit struct {
	imports, declarations []string
	seen                  map[string]bool // imports, and functions by name
}

// add takes the declarations of a piece, which may lack its package clause. A function that
// is there already is an error of the compiler if again is set, else it is left out.
func (u *goUnit) add(code string, again bool) error {
	if !packageClause.MatchString(code) {
		code = "package main\n" + code
	}
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "answer.go", code, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	offset := func(at token.Pos) int { return set.Position(at).Offset }
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.GenDecl:
			if d.Tok == token.IMPORT {
				u.importAll(d)
				continue
			}
		case *ast.FuncDecl:
			if d.Recv != nil {
				break
			}
			name := d.Name.Name
			if name == "main" || u.seen[name] && !again {
				continue
			}
			u.seen[name] = true
		}
		u.declarations = append(u.declarations, code[offset(d.Pos()):offset(d.End())])
	}
	return nil
}

var packageClause = regexp.MustCompile(`(?m)^package \w+`)

func (u *goUnit) importAll(d *ast.GenDecl) {
	for _, s := range d.Specs {
		i := s.(*ast.ImportSpec)
		line := i.Path.Value
		if i.Name != nil {
			line = i.Name.Name + " " + line
		}
		if strings.Contains(line, "stretchr/testify") || u.seen[line] {
			continue
		}
		u.seen[line] = true
		u.imports = append(u.imports, line)
	}
}

func (u *goUnit) String() string {
	s := "package main\n"
	for _, i := range u.imports {
		s += "import " + i + "\n"
	}
	return s + "\n" + strings.Join(u.declarations, "\n\n") + "\n"
}
