package golang

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/qwen-agent/qwen-agent/interpreter/golang/cell"
	"github.com/qwen-agent/qwen-agent/interpreter/golang/library"
	"github.com/qwen-agent/qwen-agent/interpreter/golang/machine"
	"github.com/qwen-agent/qwen-agent/interpreter/wire"
)

// Names of ours in what is checked.
const (
	bodyName = "_qwen_cell"
	showName = "_qwen_show"
	hostPath = "qwen.agent/host"
)

// session is what cells have left.
type session struct {
	files   *token.FileSet
	library *library.Library
	machine *machine.Machine
	host    *types.Package

	objects map[string]types.Object // what a name means in the next cell
	imports map[string]string       // package names that a cell imported, and their paths
	made    map[string]bool         // packages of the library that the machine knows

	value string // what the cell that runs shows
	cut   bool
}

func newSession() *session {
	s := &session{
		files: token.NewFileSet(), library: library.New(), host: types.NewPackage(hostPath, "host"),
		objects: map[string]types.Object{}, imports: map[string]string{}, made: map[string]bool{},
	}
	s.machine = machine.New(s.library, s.files)
	s.library.Generic = s.generic
	anything := types.NewSlice(types.Universe.Lookup("any").Type())
	show := types.NewSignatureType(nil, nil, nil, types.NewTuple(types.NewParam(token.NoPos, s.host, "values", anything)), nil, true)
	s.host.Scope().Insert(types.NewFunc(token.NoPos, s.host, showName, show))
	s.host.MarkComplete()
	s.machine.Program().CreatePackage(s.host, nil, nil, true)
	s.machine.Host(hostPath+"."+showName, func(args []any) any {
		s.value, s.cut = machine.Show(args[0].([]any))
		return nil
	})
	return s
}

// importing is what the checker imports from.
type importing struct{ s *session }

func (i importing) Import(path string) (*types.Package, error) {
	p, err := i.s.library.Import(path)
	if err == nil {
		i.s.create(p)
	}
	return p, err
}

// create makes the machine know a package of the library.
func (s *session) create(p *types.Package) {
	if !s.made[p.Path()] {
		s.made[p.Path()] = true
		s.machine.Program().CreatePackage(p, nil, nil, true)
	}
}

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

// do carries out a cell.
func (s *session) do(number int, source string) (reply wire.Reply) {
	a := newAttempt(s, number)
	s.value, s.cut = "", false
	defer func() {
		if r := recover(); r != nil { // a fault of ours must not cost the variables
			reply.Error = &wire.Error{Type: "InterpreterError", Message: fmt.Sprintf("the interpreter cannot take this cell (%v); use --compiled", r)}
		}
	}()
	if reply.Error = a.parse(source); reply.Error != nil {
		return reply
	}
	_, show := a.cell.Last()
	pkg, err := a.check(show)
	if err != nil && show && a.valueless() {
		pkg, err = a.check(false)
	}
	if err != nil {
		reply.Error = err
		return reply
	}
	reply.Error = a.run(pkg)
	reply.Value, reply.Cut = s.value, s.cut
	return reply
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

// functions are those that carry out a package, in order.
func (a *attempt) functions(p *ssa.Package) []*ssa.Function {
	functions := []*ssa.Function{p.Func("init"), p.Func(bodyName)}
	if main := p.Func("main"); main != nil && main.Signature.Params().Len() == 0 && main.Signature.Results().Len() == 0 && !a.calls("main") {
		functions = append(functions, main)
	}
	return functions
}

// prepare makes all of a package ready to run.
func (a *attempt) prepare(p *ssa.Package) *wire.Error {
	if err := a.machine.Prepare(a.functions(p)...); err != nil {
		var refused *machine.Refused
		line := 0
		if errors.As(err, &refused) {
			line = a.files.Position(refused.Pos).Line
		}
		return a.refuse(line, "%v cannot be had in an interpreted cell; use --compiled", err)
	}
	return nil
}

// run runs a package and keeps what it declares.
func (a *attempt) run(p *ssa.Package) *wire.Error {
	if err := a.prepare(p); err != nil {
		return err
	}
	for _, name := range p.Pkg.Scope().Names() {
		if o := p.Pkg.Scope().Lookup(name); a.own[name] && o.Pkg() == p.Pkg {
			a.objects[name] = o
		}
	}
	for name, path := range a.imports {
		a.session.imports[name] = path
		delete(a.objects, name)
	}
	if failed := a.machine.Call(a.functions(p)...); failed != nil {
		return a.failure(failed)
	}
	return nil
}

// calls says whether a statement of the cell calls a function by name.
func (a *attempt) calls(name string) bool {
	for _, p := range a.cell.Pieces {
		if p.Kind == cell.Statement {
			if free, _ := a.cell.Free(p.Node); free[name] {
				return true
			}
		}
	}
	return false
}

// failure makes an error of a panic.
func (a *attempt) failure(p *machine.Panic) *wire.Error {
	switch {
	case p.Stopped && p.Memory:
		return &wire.Error{Type: "MemoryLimit", Message: "the cell used more memory than its limit and was stopped; the variables are kept", Line: a.line(p), Trace: a.trace(p)}
	case p.Stopped:
		return &wire.Error{Type: "Interrupted", Message: "the cell was interrupted", Line: a.line(p), Trace: a.trace(p)}
	case p.Exit && p.Code == 0:
		return nil
	case p.Exit:
		return &wire.Error{Type: "ExitError", Message: fmt.Sprintf("the program ended with exit status %d", p.Code)}
	}
	kind, text := "panic", p.Text()
	if p.Fatal {
		kind = "fatal error"
	}
	if len(text) > maxMessage {
		text = strings.ToValidUTF8(text[:maxMessage], "") + "…"
	}
	return &wire.Error{Type: kind, Message: text, Line: a.line(p), Trace: kind + ": " + text + a.trace(p)}
}

// maxMessage is how much of what a panic says is passed on, in bytes.
const maxMessage = 10_000

// line is where in this cell the panic happened, or what was called that panicked.
func (a *attempt) line(p *machine.Panic) int {
	for _, f := range p.Frames {
		if at := a.files.Position(f.Pos); at.Filename == a.name {
			return at.Line
		}
	}
	return 0
}

// maxShown is how many frames of a trace are shown.
const maxShown = 20

func (a *attempt) trace(p *machine.Panic) string {
	var lines []string
	again := 0
	for _, f := range p.Frames {
		at := a.files.Position(f.Pos)
		if at.Filename == "" {
			continue
		}
		name := f.Function
		if name == "main."+bodyName {
			name = "the cell's statements"
		} else if strings.HasPrefix(name, "main."+bodyName+"$") {
			name = "the cell's statements, func" + strings.TrimPrefix(name, "main."+bodyName+"$") + "(...)"
		} else {
			name = strings.ReplaceAll(name, "$", ".func") + "(...)"
		}
		line := fmt.Sprintf("%s\n\t%s:%d", name, at.Filename, at.Line)
		if len(lines) > 0 && lines[len(lines)-1] == line {
			again++
			continue
		}
		if again > 0 {
			lines = append(lines, fmt.Sprintf("… %d more of these …", again))
			again = 0
		}
		if len(lines) == maxShown {
			break
		}
		lines = append(lines, line)
	}
	if again > 0 {
		lines = append(lines, fmt.Sprintf("… %d or more of these …", again))
	}
	if len(lines) == 0 {
		return ""
	}
	return "\n\ngoroutine 1 [running]:\n" + strings.Join(lines, "\n")
}

// generic compiles the generic part of a package of the library, in a package of its own
// that sees the rest, and adds what it declares.
func (s *session) generic(p *types.Package, source string) error {
	s.create(p)
	file, err := parser.ParseFile(s.files, p.Path(), source, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	part := types.NewPackage(p.Path(), p.Name())
	for _, name := range p.Scope().Names() {
		part.Scope().Insert(p.Scope().Lookup(name))
	}
	info := newInfo()
	config := types.Config{Importer: importing{s}, Sizes: types.SizesFor("gc", "amd64"), GoVersion: goVersion}
	if err := types.NewChecker(&config, s.files, part, info).Files([]*ast.File{file}); err != nil {
		return err
	}
	s.machine.Program().CreatePackage(part, []*ast.File{file}, info, false).Build()
	for _, name := range part.Scope().Names() {
		if o := part.Scope().Lookup(name); o.Pkg() == part {
			p.Scope().Insert(o)
		}
	}
	return nil
}

// goVersion is the language that cells are written in.
const goVersion = "go1.26"

func newInfo() *types.Info {
	return &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Instances: map[*ast.Ident]types.Instance{}, Defs: map[*ast.Ident]types.Object{},
		Uses: map[*ast.Ident]types.Object{}, Implicits: map[ast.Node]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
		Scopes: map[ast.Node]*types.Scope{}, FileVersions: map[*ast.File]string{},
	}
}
