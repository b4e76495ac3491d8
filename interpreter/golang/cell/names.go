package cell

import (
	"go/ast"
	"go/token"
	"strconv"
	"strings"
)

// Names lists what a piece declares: package names of an import, or what stands left of
// := in a statement. A method declares nothing; see Receiver. The blank name is left out.
func (p Piece) Names() (names []string) {
	if name, _ := p.Import(); name != "" && name != "." && name != "_" {
		return []string{name}
	}
	for _, id := range p.identifiers() {
		if id.Name != "_" {
			names = append(names, id.Name)
		}
	}
	return names
}

// identifiers are those that a piece declares.
func (p Piece) identifiers() (found []*ast.Ident) {
	switch n := p.Node.(type) {
	case *ast.FuncDecl:
		if n.Recv == nil {
			found = append(found, n.Name)
		}
	case *ast.GenDecl:
		for _, spec := range n.Specs {
			switch spec := spec.(type) {
			case *ast.ValueSpec:
				found = append(found, spec.Names...)
			case *ast.TypeSpec:
				found = append(found, spec.Name)
			}
		}
	case *ast.AssignStmt:
		for _, left := range n.Lhs {
			if id, ok := left.(*ast.Ident); ok && n.Tok == token.DEFINE {
				found = append(found, id)
			}
		}
	}
	return found
}

// Receiver is the type whose method a piece declares, or "".
func (p Piece) Receiver() string {
	f, ok := p.Node.(*ast.FuncDecl)
	if !ok || f.Recv == nil || len(f.Recv.List) == 0 {
		return ""
	}
	for t := f.Recv.List[0].Type; ; {
		switch n := t.(type) {
		case *ast.StarExpr:
			t = n.X
		case *ast.ParenExpr:
			t = n.X
		case *ast.IndexExpr:
			t = n.X
		case *ast.IndexListExpr:
			t = n.X
		case *ast.Ident:
			return n.Name
		default:
			return ""
		}
	}
}

// Import is the name and the path of a piece that is an import. The name of one that
// gives none is the last element of its path that is not a version.
func (p Piece) Import() (name, path string) {
	g, ok := p.Node.(*ast.GenDecl)
	if !ok || len(g.Specs) == 0 {
		return "", ""
	}
	spec, ok := g.Specs[0].(*ast.ImportSpec)
	if !ok {
		return "", ""
	}
	return importOf(spec)
}

func importOf(spec *ast.ImportSpec) (name, path string) {
	path, _ = strconv.Unquote(spec.Path.Value)
	if spec.Name != nil {
		return spec.Name.Name, path
	}
	return PackageName(path), path
}

// PackageName is the name that a package of the standard library has.
func PackageName(path string) string {
	elements := strings.Split(path, "/")
	last := elements[len(elements)-1]
	if len(elements) > 1 && len(last) > 1 && last[0] == 'v' && strings.Trim(last[1:], "0123456789") == "" {
		last = elements[len(elements)-2]
	}
	return last
}

// Free lists the names that a node uses and does not declare inside of itself: those of
// the cell, of other cells, of packages, and of the language. qualifiers are those of them
// that stand before a dot, as package names do.
func (c *Cell) Free(node ast.Node) (names, qualifiers map[string]bool) {
	f := finder{c.global, map[string]bool{}, map[string]bool{}}
	ast.Walk(f, node)
	return f.names, f.qualifiers
}

type finder struct {
	global            map[any]bool // declarations of the cell
	names, qualifiers map[string]bool
}

func (f finder) Visit(node ast.Node) ast.Visitor {
	switch n := node.(type) {
	case *ast.Ident:
		if f.free(n) {
			f.names[n.Name] = true
		}
	case *ast.SelectorExpr:
		if id, ok := n.X.(*ast.Ident); ok && f.free(id) {
			f.qualifiers[id.Name] = true
		}
		ast.Walk(f, n.X)
		return nil // what stands behind the dot is a name of something else
	}
	return f
}

func (f finder) free(id *ast.Ident) bool {
	return id.Name != "_" && (id.Obj == nil || f.global[id.Obj])
}
