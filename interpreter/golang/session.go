package golang

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"

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
