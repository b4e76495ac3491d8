// Package library makes the standard library known to cells of Go that are interpreted:
// its compiled functions, variables, constants and types, as tables list them that yaegi's extractor wrote (package symbols), and
// what the type checker must know about each.
//
// A package is described when it is first imported, out of what reflection says about its
// symbols, so that what the checker allows and what can be called are the same. Generic
// functions, which have no compiled form, are Go source of our own in folder generic.
//
// What a table does not list cannot be reached: see allowed and denied.
package library

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"reflect"
	"sort"
	"strings"
	"sync"
)

// Library describes packages to a type checker. Packages are imported one at a time; types may be
// asked for meanwhile.
type Library struct {
	lock     sync.Mutex
	packages map[string]*types.Package
	types    map[reflect.Type]types.Type
	reflects map[*types.TypeName]reflect.Type
	imported map[string]bool
	queue    []*named

	// Generic compiles the source of a package's generic part into the package.
	Generic func(pkg *types.Package, source string) error
}

// named is a type whose methods and underlying type are still to be described.
type named struct {
	from reflect.Type
	to   *types.Named
}

// New returns a library without a package.
func New() *Library {
	return &Library{
		packages: map[string]*types.Package{}, types: map[reflect.Type]types.Type{}, reflects: map[*types.TypeName]reflect.Type{}, imported: map[string]bool{},
	}
}

// Import implements types.Importer. The error says what a cell can import instead.
func (l *Library) Import(path string) (*types.Package, error) {
	l.lock.Lock()
	p := l.pkg(path)
	l.lock.Unlock()
	if l.imported[path] {
		return p, nil
	}
	table, source := tables(path), generic(path)
	if table == nil && source == "" {
		return nil, fmt.Errorf("%s", refusal(path))
	}
	l.imported[path] = true
	l.declareAll(p, path, table)
	if source != "" && l.Generic != nil {
		if err := l.Generic(p, source); err != nil {
			return nil, err
		}
	}
	p.MarkComplete()
	return p, nil
}

// declareAll declares what a table has.
func (l *Library) declareAll(p *types.Package, path string, table map[string]reflect.Value) {
	l.lock.Lock()
	defer l.lock.Unlock()
	names := make([]string, 0, len(table))
	for name := range table {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if token.IsExported(name) && denied[path+"."+name] == "" {
			l.declare(p, path, name, table[name])
		}
	}
	l.fill()
}

// Symbol is what stands for a function or a variable of a package; the zero Value if it
// has none. A variable's is addressable.
func Symbol(path, name string) reflect.Value {
	if v, ok := replaced[path+"."+name]; ok {
		return v
	}
	return tables(path)[name]
}

// Reflect is the compiled type that a type of the library stands for, or nil.
func (l *Library) Reflect(t *types.Named) reflect.Type {
	l.lock.Lock()
	defer l.lock.Unlock()
	return l.reflects[t.Obj()]
}

// Has says whether a package is one of the library, imported or not.
func (l *Library) Has(p *types.Package) bool {
	l.lock.Lock()
	defer l.lock.Unlock()
	return p != nil && l.packages[p.Path()] == p
}

// Wrapper is a struct that implements an interface of the library by calling what its
// fields hold: IValue is the value, and the field of a method M is WM. It is nil if there
// is none.
func (l *Library) Wrapper(t reflect.Type) reflect.Type {
	if v, ok := tables(t.PkgPath())["_"+t.Name()]; ok && t.Name() != "" {
		return v.Type().Elem()
	}
	return nil
}

func (l *Library) pkg(path string) *types.Package {
	p := l.packages[path]
	if p == nil {
		p = types.NewPackage(path, packageName(path))
		l.packages[path] = p
	}
	return p
}

// packageName is the name that a package of the standard library has.
func packageName(path string) string {
	elements := strings.Split(path, "/")
	last := elements[len(elements)-1]
	if len(elements) > 1 && len(last) > 1 && last[0] == 'v' && strings.Trim(last[1:], "0123456789") == "" {
		last = elements[len(elements)-2]
	}
	return last
}

// declare makes an object of a symbol.
func (l *Library) declare(p *types.Package, path, name string, v reflect.Value) {
	scope := p.Scope()
	if scope.Lookup(name) != nil {
		return
	}
	switch {
	case !v.IsValid():
	case v.CanAddr():
		scope.Insert(types.NewVar(token.NoPos, p, name, l.describe(v.Type())))
	case v.Kind() == reflect.Func:
		scope.Insert(types.NewFunc(token.NoPos, p, name, l.signature(v.Type(), nil)))
	case isConstant(v):
		value := v.Interface().(constant.Value)
		scope.Insert(types.NewConst(token.NoPos, p, name, untyped(value), value))
	case v.Kind() == reflect.Pointer && v.IsNil():
		t := v.Type().Elem()
		if t.PkgPath() != path || t.Name() != name { // an alias
			scope.Insert(types.NewTypeName(token.NoPos, p, name, l.describe(t)))
			return
		}
		l.describe(t)
	default:
		if value := constantOf(v); value != nil {
			scope.Insert(types.NewConst(token.NoPos, p, name, l.describe(v.Type()), value))
		}
	}
}

var constantType = reflect.TypeFor[constant.Value]()

func isConstant(v reflect.Value) bool { return v.Type().Implements(constantType) }

func untyped(v constant.Value) types.Type {
	switch v.Kind() {
	case constant.Bool:
		return types.Typ[types.UntypedBool]
	case constant.String:
		return types.Typ[types.UntypedString]
	case constant.Int:
		return types.Typ[types.UntypedInt]
	case constant.Complex:
		return types.Typ[types.UntypedComplex]
	}
	return types.Typ[types.UntypedFloat]
}

func constantOf(v reflect.Value) constant.Value {
	switch {
	case v.Kind() == reflect.Bool:
		return constant.MakeBool(v.Bool())
	case v.Kind() == reflect.String:
		return constant.MakeString(v.String())
	case v.CanInt():
		return constant.MakeInt64(v.Int())
	case v.CanUint():
		return constant.MakeUint64(v.Uint())
	case v.CanFloat():
		return constant.MakeFloat64(v.Float())
	}
	return nil
}
