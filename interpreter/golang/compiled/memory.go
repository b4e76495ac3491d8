package compiled

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"

	"github.com/qwen-agent/qwen-agent/interpreter/golang/cell"
)

// origin is what the declarations of one cell have in common.
type origin struct {
	number  int
	imports map[string]string // packages by the names that hold in it
}

// unit is a declaration that later cells may use.
type unit struct {
	kind             cell.Kind
	names            []string // that it declares; none if it is a method
	receiver, method string   // of a method
	code             string   // with its position
	free, qualifiers map[string]bool
	origin           *origin
}

// memory is what earlier cells have left.
type memory struct {
	units     map[string]*unit            // by name
	methods   map[string]map[string]*unit // by receiver and name
	imports   map[string]string
	effects   map[string]bool // packages that are imported for their effects alone
	variables map[string]int  // variables by name, with the cell that they were lost with
}

func newMemory() *memory {
	return &memory{map[string]*unit{}, map[string]map[string]*unit{}, map[string]string{}, map[string]bool{}, map[string]int{}}
}

// newUnit makes a unit of a piece that declares something.
func newUnit(c *cell.Cell, p cell.Piece, o *origin) *unit {
	u := &unit{kind: p.Kind, names: p.Names(), receiver: p.Receiver(), code: c.Code(p), origin: o}
	if f, ok := p.Node.(*ast.FuncDecl); ok && u.receiver != "" {
		u.method = f.Name.Name
	}
	u.free, u.qualifiers = c.Free(p.Node)
	return u
}

// keep remembers what a cell has declared, once it is known to be right.
func (m *memory) keep(p *program) {
	m.imports = p.origin.imports
	maps.Copy(m.effects, p.effects)
	for _, u := range p.own { // all that is dropped first: a method may stand before its type
		for _, name := range u.names {
			m.drop(name)
			delete(m.variables, name)
		}
	}
	for _, u := range p.own {
		if u.kind == cell.Var {
			continue
		}
		for _, name := range u.names {
			if name != "init" {
				m.units[name] = u
			}
		}
		if u.method != "" {
			if m.methods[u.receiver] == nil {
				m.methods[u.receiver] = map[string]*unit{}
			}
			m.methods[u.receiver][u.method] = u
		}
	}
	for name := range p.variables {
		m.drop(name)
		m.variables[name] = p.origin.number
	}
}

// drop forgets a declaration, because its name means something else now. In a group of
// constants the others stay.
func (m *memory) drop(name string) {
	u := m.units[name]
	if u == nil {
		return
	}
	delete(m.units, name)
	if u.kind == cell.Type {
		delete(m.methods, name)
	}
}

// blank makes names in the declaration of constants blank.
func blank(code string, names []string) string {
	if len(names) == 0 {
		return code
	}
	const head = "package p\n"
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "", head+code, parser.SkipObjectResolution)
	if err != nil {
		return code // it was parsed before
	}
	var cuts []*ast.Ident
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			for _, id := range spec.Names {
				if slices.Contains(names, id.Name) {
					cuts = append(cuts, id)
				}
			}
		}
		return true
	})
	slices.Reverse(cuts)
	for _, id := range cuts {
		at := files.PositionFor(id.Pos(), false).Offset - len(head)
		code = code[:at] + "_" + code[at+len(id.Name):]
	}
	return code
}
