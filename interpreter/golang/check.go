package golang

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/qwen-agent/qwen-agent/interpreter/golang/library"
	"github.com/qwen-agent/qwen-agent/interpreter/wire"
)

// check type-checks the cell and makes a package of it.
func (a *attempt) check(show bool) (*ssa.Package, *wire.Error) {
	a.problem, a.early = nil, nil
	text := a.text(show)
	if a.early != nil {
		return nil, a.early
	}
	file, err := parser.ParseFile(a.files, "", text, parser.SkipObjectResolution)
	if err != nil {
		return nil, a.refuse(0, "%v", err)
	}
	pkg := types.NewPackage("main", "main")
	for name, o := range a.objects {
		if !a.own[name] {
			pkg.Scope().Insert(o)
		}
	}
	pkg.Scope().Insert(a.host.Scope().Lookup(showName))
	info := newInfo()
	var cycles []types.Error // of what statements set, which are none if the types are known
	config := types.Config{
		Importer: importing{a.session}, Sizes: types.SizesFor("gc", "amd64"), GoVersion: goVersion,
		Error: func(err error) {
			wrong := err.(types.Error)
			m := cycle.FindStringSubmatch(wrong.Msg)
			switch {
			case strings.HasPrefix(wrong.Msg, "\t"), harmless(wrong.Msg): // the first is more of the one before
			case m != nil && a.hoisted[m[1]]:
				cycles = append(cycles, wrong)
			default:
				a.problem = append(a.problem, wrong)
			}
		},
	}
	types.NewChecker(&config, a.files, pkg, info).Files([]*ast.File{file})
	for name := range a.hoisted {
		if o := pkg.Scope().Lookup(name); o == nil || o.Type() == types.Typ[types.Invalid] {
			a.problem = append(a.problem, cycles...)
			break
		}
	}
	if len(a.problem) > 0 {
		return nil, a.explain()
	}
	info.InitOrder = slices.DeleteFunc(info.InitOrder, func(i *types.Initializer) bool {
		return slices.ContainsFunc(i.Lhs, func(v *types.Var) bool { return a.hoisted[v.Name()] })
	})
	made := a.machine.Program().CreatePackage(pkg, []*ast.File{file}, info, false)
	made.Build()
	return made, nil
}

var cycle = regexp.MustCompile(`^initialization cycle(?: for|:) (\w+)`)

// harmless says whether the checker complains about what a cell may do: it sees other cells
// as other packages.
func harmless(message string) bool {
	return strings.HasPrefix(message, "implicit assignment to unexported field")
}

var valueless = regexp.MustCompile(`\(no value\) used as value`)

// valueless says whether all that is wrong is that the last expression has no value.
func (a *attempt) valueless() bool {
	return !slices.ContainsFunc(a.problem, func(e types.Error) bool { return !valueless.MatchString(e.Msg) })
}

// explain makes an error of what the checker said, in the order of the cell.
func (a *attempt) explain() *wire.Error {
	slices.SortStableFunc(a.problem, func(x, y types.Error) int {
		p, q := a.files.Position(x.Pos), a.files.Position(y.Pos)
		if p.Line != q.Line {
			return p.Line - q.Line
		}
		return p.Column - q.Column
	})
	e := &wire.Error{Type: "CompileError"}
	var lines []string
	for _, w := range a.problem {
		at := a.files.Position(w.Pos)
		message := strings.ReplaceAll(w.Msg, showName, "the shown value") + advice(w.Msg)
		if strings.HasPrefix(message, "label ") { // the compiler's word
			message = strings.Replace(message, " declared and not used", " defined and not used", 1)
		}
		line := fmt.Sprintf("%s:%d:%d: %s", at.Filename, at.Line, at.Column, message)
		if slices.Contains(lines, line) {
			continue
		}
		if lines = append(lines, line); len(lines) == 1 {
			e.Message, e.Line = message, at.Line
		}
		if len(lines) == 10 {
			break
		}
	}
	e.Trace = strings.Join(lines, "\n")
	return e
}

var undefined = regexp.MustCompile(`^undefined: (\w+)\.(\w+)$`)

// advice is what to do about a name that cells do not have of a package.
func advice(message string) string {
	m := undefined.FindStringSubmatch(message)
	if m == nil {
		return ""
	}
	if names := library.Only(m[1]); names != nil {
		return fmt.Sprintf(" (an interpreted cell has of package %s only %s; print types with %%T, or use --compiled)", m[1], strings.Join(names, ", "))
	}
	if why := library.Denied(m[1], m[2]); why != "" {
		return " (" + why + ")"
	}
	return ""
}
