package golang

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/qwen-agent/qwen-agent/interpreter/golang/cell"
	"github.com/qwen-agent/qwen-agent/interpreter/wire"
)

// attempt is a cell on its way to be run.
type attempt struct {
	*session
	name    string
	cell    *cell.Cell
	imports map[string]string // that it adds
	hoisted map[string]bool   // variables whose value is set by the statements
	own     map[string]bool   // names that it declares
	early   *wire.Error       // what the checker could not see
	problem []types.Error
}

func newAttempt(s *session, number int) *attempt {
	return &attempt{session: s, name: fmt.Sprintf("cell %d", number), imports: map[string]string{}, hoisted: map[string]bool{}, own: map[string]bool{}}
}

// parse takes the cell apart.
func (a *attempt) parse(source string) *wire.Error {
	c, err := cell.Parse(a.name, source)
	var wrong *cell.SyntaxError
	if errors.As(err, &wrong) {
		return &wire.Error{Type: "SyntaxError", Message: wrong.Message, Line: wrong.Line, Trace: a.name + ":" + wrong.Error()}
	} else if err != nil {
		return &wire.Error{Type: "SyntaxError", Message: err.Error()}
	}
	a.cell = c
	for _, d := range c.Directives {
		if d.Text == "//go:embed" || d.Text == "//go:linkname" {
			return a.refuse(d.Line, "the directive %s cannot be used in a cell", d.Text)
		}
	}
	for _, p := range c.Pieces {
		if p.Kind == cell.Import {
			name, path := p.Import()
			if name == "." {
				return a.refuse(p.Line, "import . cannot be used in a cell: import %q by its name", path)
			}
			if _, err := a.library.Import(path); err != nil {
				return a.refuse(p.Line, "%v", err)
			}
			if name != "_" {
				a.imports[name] = path
			}
			continue
		}
		for _, name := range p.Names() {
			a.own[name] = true
		}
	}
	for _, p := range c.Pieces {
		if r := p.Receiver(); r != "" && !a.own[r] && a.objects[r] != nil {
			return a.refuse(p.Line, "methods stand in the cell of their type: declare the type %s again together with them", r)
		}
	}
	return nil
}

func (a *attempt) refuse(line int, format string, arguments ...any) *wire.Error {
	message := fmt.Sprintf(format, arguments...)
	return &wire.Error{Type: "CompileError", Message: message, Line: line, Trace: fmt.Sprintf("%s:%d: %s", a.name, line, message)}
}

// text is the cell as a file of a package: statements are the body of a function, and what
// they declare at the outermost level belongs to the package.
func (a *attempt) text(show bool) string {
	var declarations, body strings.Builder
	declared := map[string]bool{}
	statements := false
	qualifiers := map[string]int{} // package names, or what may be one, and the first line with them
	last := len(a.cell.Pieces) - 1
	for i, p := range a.cell.Pieces {
		if p.Kind == cell.Package || p.Kind == cell.Import {
			continue
		}
		_, q := a.cell.Free(p.Node)
		for name := range q {
			if _, known := qualifiers[name]; !known {
				qualifiers[name] = p.Line
			}
		}
		code := a.cell.Code(p)
		switch {
		case p.Kind == cell.Statement && show && i == last:
			body.WriteString(showName + "(" + code + ")\n")
		case p.Kind == cell.Statement:
			statements = true
			assign, ok := p.Node.(*ast.AssignStmt)
			if !ok || assign.Tok != token.DEFINE {
				body.WriteString(code + "\n")
				continue
			}
			a.define(p, assign, declared, &declarations, &body)
		case p.Kind == cell.Var && statements:
			declarations.WriteString(code + "\n")
			body.WriteString(a.assignments(p))
		default:
			declarations.WriteString(code + "\n")
			if p.Kind == cell.Var {
				for _, n := range p.Names() {
					declared[n] = true
				}
			}
		}
	}
	var b strings.Builder
	b.WriteString("package main\n")
	for _, name := range slices.Sorted(maps.Keys(qualifiers)) {
		path := a.path(name)
		if path == "" {
			continue
		}
		if _, err := a.library.Import(path); err != nil && a.early == nil {
			a.early = a.refuse(qualifiers[name], "%v", err)
		}
		fmt.Fprintf(&b, "import %s %q\n", name, path)
	}
	b.WriteString(declarations.String())
	b.WriteString("func " + bodyName + "() {\n" + body.String() + "}\n")
	return b.String()
}

// path is the package that a name stands for, or "".
func (a *attempt) path(name string) string {
	if path := a.imports[name]; path != "" {
		return path
	}
	if a.own[name] || a.objects[name] != nil {
		return ""
	}
	if path := a.session.imports[name]; path != "" {
		return path
	}
	return cell.Standard(name)
}

// define makes package variables of what x := … declares, and an assignment of itself.
func (a *attempt) define(p cell.Piece, assign *ast.AssignStmt, declared map[string]bool, declarations, body *strings.Builder) {
	at := int(assign.TokPos - assign.Pos())
	var names []string
	fresh := false
	for _, left := range assign.Lhs {
		id, ok := left.(*ast.Ident)
		if !ok || id.Name == "_" || declared[id.Name] {
			names = append(names, "_")
			continue
		}
		declared[id.Name], a.hoisted[id.Name], fresh = true, true, true
		names = append(names, fmt.Sprintf("/*line %s:%d:%d*/%s", a.name, p.Line, p.Column+int(id.Pos()-assign.Pos()), id.Name))
	}
	if !fresh { // in a block of their own they would be new
		a.early = a.refuse(p.Line, "no new variables on left side of :=")
		return
	}
	value := fmt.Sprintf("/*line %s:%d:%d*/%s", a.name, p.Line, p.Column+at+2, p.Text[at+2:])
	declarations.WriteString("var " + strings.Join(names, ", ") + " = " + value + "\n")
	p.Text = p.Text[:at] + "=" + p.Text[at+len(":="):]
	body.WriteString(a.cell.Code(p) + "\n")
}

// assignments are what a var among statements does when its turn comes.
func (a *attempt) assignments(p cell.Piece) string {
	var b strings.Builder
	g := p.Node.(*ast.GenDecl)
	for _, s := range g.Specs {
		spec := s.(*ast.ValueSpec)
		if len(spec.Values) == 0 {
			continue
		}
		var names []string
		for _, n := range spec.Names {
			names = append(names, n.Name)
			a.hoisted[n.Name] = true
		}
		from := spec.Values[0].Pos() - g.Pos()
		to := spec.Values[len(spec.Values)-1].End() - g.Pos()
		if int(to) > len(p.Text) {
			continue
		}
		line := p.Line + strings.Count(p.Text[:from], "\n")
		fmt.Fprintf(&b, "%s = /*line %s:%d:%d*/%s\n", strings.Join(names, ", "), a.name, line, 1, p.Text[from:to])
	}
	return b.String()
}
