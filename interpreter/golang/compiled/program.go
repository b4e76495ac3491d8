package compiled

import (
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/qwen-agent/qwen-agent/interpreter/golang/cell"
	"github.com/qwen-agent/qwen-agent/interpreter/wire"
)

// Names of ours in a program.
const (
	bodyName    = "_qwen_cell"
	supportName = "_qwen_support"
	glue        = "glue" // by which positions call what is ours
)

// program is a cell on its way to become a program.
type program struct {
	cell      *cell.Cell
	memory    *memory
	origin    *origin
	own       []*unit
	effects   map[string]bool
	variables map[string]bool // that the cell declares at its own level
	body      []cell.Piece    // its statements, with variables that belong to them
	inBody    map[string]bool // variables that functions do not see
}

// cellName is how positions call a cell.
func cellName(number int) string { return fmt.Sprintf("cell %d", number) }

// newProgram takes a cell apart and refuses what a program of one cell cannot have.
// importable says which packages there are.
func newProgram(m *memory, importable map[string]bool, number int, source string) (*program, *wire.Error) {
	c, err := cell.Parse(cellName(number), source)
	if wrong, ok := err.(*cell.SyntaxError); ok {
		return nil, &wire.Error{Type: "SyntaxError", Message: wrong.Message, Line: wrong.Line,
			Trace: fmt.Sprintf("%s:%v", cellName(number), wrong)}
	} else if err != nil {
		return nil, &wire.Error{Type: "SyntaxError", Message: err.Error()}
	}
	p := &program{
		cell: c, memory: m, origin: &origin{number, maps.Clone(m.imports)},
		effects: map[string]bool{}, variables: map[string]bool{}, inBody: map[string]bool{},
	}
	if err := p.directives(); err != nil {
		return nil, err
	}
	for _, piece := range c.Pieces {
		if piece.Kind == cell.Import {
			if err := p.imports(piece, importable); err != nil {
				return nil, err
			}
		}
	}
	p.sort()
	return p, nil
}

// refuse is the error of something in a cell that cannot be had.
func (p *program) refuse(line int, format string, arguments ...any) *wire.Error {
	message := fmt.Sprintf(format, arguments...)
	return &wire.Error{Type: "CompileError", Message: message, Line: line, Trace: fmt.Sprintf("%s:%d: %s", p.cell.Name, line, message)}
}

// harmless are directives that change no program's meaning.
var harmless = []string{"//go:noinline", "//go:norace", "//go:generate", "//go:build", "//go:fix"}

func (p *program) directives() *wire.Error {
	for _, d := range p.cell.Directives {
		if slices.Contains(harmless, d.Text) {
			continue
		}
		if d.Text == "//go:embed" {
			return p.refuse(d.Line, "//go:embed cannot be used in a cell: read the file with os.ReadFile while the cell runs")
		}
		return p.refuse(d.Line, "the directive %s cannot be used in a cell", d.Text)
	}
	return nil
}

func (p *program) imports(piece cell.Piece, importable map[string]bool) *wire.Error {
	name, path := piece.Import()
	switch {
	case path == "C":
		return p.refuse(piece.Line, "C code cannot be used in a cell")
	case name == ".":
		return p.refuse(piece.Line, "import . cannot be used in a cell: import %q by its name", path)
	case path != "unsafe" && !importable[path]:
		return p.refuse(piece.Line, "package %q cannot be imported: cells have the standard library of Go only, without its internal packages", path)
	case name == "_":
		p.effects[path] = true
	default:
		p.origin.imports[name] = path
	}
	return nil
}

// sort parts the pieces into declarations of the package and statements. A variable that
// is declared before all other statements belongs to the package; if it is by := that
// happens only if a function uses it.
func (p *program) sort() {
	used := map[string]bool{}
	for _, piece := range p.cell.Pieces {
		if piece.Kind == cell.Func || piece.Kind == cell.Var {
			names, _ := p.cell.Free(piece.Node)
			maps.Copy(used, names)
		}
	}
	first := true // no statement has come that is none of these
	for _, piece := range p.cell.Pieces {
		names := piece.Names()
		switch piece.Kind {
		case cell.Package, cell.Import:
			continue
		case cell.Statement:
			assign, defines := piece.Node.(*ast.AssignStmt)
			defines = defines && assign.Tok == token.DEFINE
			if first && defines && slices.ContainsFunc(names, func(n string) bool { return used[n] }) {
				p.own = append(p.own, p.hoisted(piece, assign))
				p.lose(names)
				continue
			}
			first = first && defines
			p.into(piece, names)
		case cell.Var:
			if first {
				p.own = append(p.own, newUnit(p.cell, piece, p.origin))
				p.lose(names)
			} else {
				p.into(piece, names)
			}
		default:
			p.own = append(p.own, newUnit(p.cell, piece, p.origin))
		}
	}
}

func (p *program) lose(names []string) {
	for _, n := range names {
		p.variables[n] = true
	}
}

// into makes a piece one of the statements.
func (p *program) into(piece cell.Piece, names []string) {
	p.body = append(p.body, piece)
	p.lose(names)
	for _, n := range names {
		p.inBody[n] = true
	}
}

// hoisted is the declaration of package variables that a statement x := … amounts to.
func (p *program) hoisted(piece cell.Piece, assign *ast.AssignStmt) *unit {
	at := int(assign.TokPos - assign.Pos())
	piece.Text = piece.Text[:at] + "=" + piece.Text[at+len(":="):]
	u := newUnit(p.cell, piece, p.origin)
	u.kind, u.code = cell.Var, "var "+u.code
	return u
}

// has says whether the cell declares a name for the package.
func (p *program) has(name string) bool {
	return slices.ContainsFunc(p.own, func(u *unit) bool { return slices.Contains(u.names, name) })
}

// runs says whether there is anything to run: else it is enough that the cell compiles.
func (p *program) runs() bool {
	return len(p.body) > 0 || slices.ContainsFunc(p.own, func(u *unit) bool {
		return u.kind == cell.Var || slices.Contains(u.names, "main") || slices.Contains(u.names, "init")
	})
}

// files are the texts to compile: one for each earlier cell of which something is needed,
// with the imports that held there, and last the cell's own. show says whether the value of
// the last expression is wanted.
func (p *program) files(show bool) []string {
	body, free, qualifiers := p.statements(show)
	units := p.needed(free)
	byOrigin := map[*origin][]*unit{}
	main := p.has("main")
	for _, u := range units {
		byOrigin[u.origin] = append(byOrigin[u.origin], u)
		main = main || slices.Contains(u.names, "main")
	}
	var texts []string
	for _, o := range slices.SortedFunc(maps.Keys(byOrigin), func(a, b *origin) int { return a.number - b.number }) {
		texts = append(texts, p.file(o, byOrigin[o], nil, ""))
	}
	body += "//line " + glue + ":1\n"
	if len(p.body) > 0 {
		body += "func init() {\n" + bodyName + "()\n" + supportName + ".End()\n}\n"
	}
	if !main {
		body += "func main() {}\n"
	}
	return append(texts, p.file(p.origin, p.own, qualifiers, body))
}

// statements is the function with the cell's statements, and the names that it uses.
func (p *program) statements(show bool) (text string, free, qualifiers map[string]bool) {
	free, qualifiers = map[string]bool{}, map[string]bool{}
	if len(p.body) == 0 {
		return "", free, qualifiers
	}
	var b strings.Builder
	b.WriteString("//go:noinline\nfunc " + bodyName + "() {\n") // so that traces name it
	for i, piece := range p.body {
		f, q := p.cell.Free(piece.Node)
		maps.Copy(free, f)
		maps.Copy(qualifiers, q)
		code := p.cell.Code(piece)
		if show && i == len(p.body)-1 {
			code = supportName + ".Show(" + code + ")"
		}
		b.WriteString(code)
		for _, name := range piece.Names() { // a variable may wait for a later cell in vain
			b.WriteString("; _ = " + name)
		}
		b.WriteString("\n")
	}
	b.WriteString("}\n")
	return b.String(), free, qualifiers
}

// needed are the units of earlier cells that the cell's own units and some names need.
func (p *program) needed(names map[string]bool) []*unit {
	var found []*unit
	seen := map[*unit]bool{}
	looked := map[string]bool{}
	own := map[[2]string]bool{}
	types := map[string]bool{} // that the cell declares: old methods are not theirs
	for _, u := range p.own {
		own[[2]string{u.receiver, u.method}] = u.method != ""
		for _, n := range u.names {
			types[n] = true
		}
	}
	var look func(names map[string]bool)
	add := func(u *unit) {
		if !seen[u] {
			seen[u] = true
			found = append(found, u)
			look(u.free)
		}
	}
	look = func(names map[string]bool) {
		for _, name := range slices.Sorted(maps.Keys(names)) {
			if looked[name] || types[name] {
				continue
			}
			looked[name] = true
			if u := p.memory.units[name]; u != nil {
				add(u)
			}
			for _, method := range slices.Sorted(maps.Keys(p.memory.methods[name])) {
				if !own[[2]string{name, method}] {
					add(p.memory.methods[name][method])
				}
			}
		}
	}
	for _, u := range p.own {
		look(u.free)
	}
	look(names)
	return found
}

// file is the text of a file with some units of one cell, what follows them, and the
// imports that they need.
func (p *program) file(o *origin, units []*unit, qualifiers map[string]bool, rest string) string {
	var b strings.Builder
	b.WriteString("package main\n")
	names := maps.Clone(qualifiers)
	if names == nil {
		names = map[string]bool{}
	}
	for _, u := range units {
		maps.Copy(names, u.qualifiers)
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if path := p.path(o, name); path != "" {
			b.WriteString("import " + name + " " + strconv.Quote(path) + "\n")
		}
	}
	if o == p.origin {
		for _, effects := range []map[string]bool{p.memory.effects, p.effects} {
			for _, path := range slices.Sorted(maps.Keys(effects)) {
				b.WriteString("import _ " + strconv.Quote(path) + "\n")
			}
		}
		if len(p.body) > 0 {
			b.WriteString("import " + supportName + " " + strconv.Quote(supportPath) + "\n")
		} else {
			b.WriteString("import _ " + strconv.Quote(supportPath) + "\n")
		}
	}
	for _, u := range units {
		b.WriteString(p.code(u) + "\n")
	}
	b.WriteString(rest)
	return b.String()
}

// path is the package that a name stands for in the file of an origin, or "".
func (p *program) path(o *origin, name string) string {
	if p.has(name) || p.memory.units[name] != nil {
		return ""
	}
	if path := o.imports[name]; path != "" {
		return path
	}
	if _, lost := p.memory.variables[name]; lost || p.variables[name] {
		return ""
	}
	return cell.Standard(name)
}

// code is a unit's text. In a group of constants, names that mean something else by now
// are blank.
func (p *program) code(u *unit) string {
	if u.kind != cell.Const || u.origin == p.origin {
		return u.code
	}
	var gone []string
	for _, n := range u.names {
		if p.memory.units[n] != u || p.has(n) {
			gone = append(gone, n)
		}
	}
	return blank(u.code, gone)
}
