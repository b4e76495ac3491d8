// Package cell takes a cell of Go apart: a text that may hold declarations and statements
// in any order, a whole program, or a single expression.
//
// The text is cut at its outermost semicolons, those that the language inserts included,
// and what begins like a declaration is one. All of it is then parsed once, with every
// position as it is in the cell.
package cell

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"strings"
)

// Cell is a cell that was taken apart.
type Cell struct {
	Name   string // by which positions call it, such as "cell 3"
	Pieces []Piece

	// Directives are its comments that tell a compiler something, such as "//go:embed".
	Directives []Directive

	global map[any]bool // what the parser knows its declarations by: Ident.Obj
}

// Piece is a declaration, a statement, or the package clause.
type Piece struct {
	Kind Kind
	Text string // its code, without comments before and after

	// Line and Column are where Text begins, from 1; columns count bytes.
	Line, Column int

	// Node is an *ast.GenDecl with one specification for an import or a type and any number
	// for a const or var, an *ast.FuncDecl, or an ast.Stmt. It is nil for a package clause.
	// Identifiers are resolved within the cell, statements as the body of a function.
	Node ast.Node

	prefix string // stands before Text: the keyword of a piece that was in brackets
}

// Kind is what a piece is.
type Kind int

// The kinds.
const (
	Package Kind = iota
	Import
	Const
	Type
	Var
	Func
	Statement
)

// Directive is a comment for a compiler.
type Directive struct {
	Line int
	Text string // such as "//go:embed"
}

// SyntaxError says what is wrong with a cell's text.
type SyntaxError struct {
	Line, Column int
	Message      string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%d:%d: %s", e.Line, e.Column, e.Message)
}

// Parse takes a cell apart. name may not hold a colon or a line break. The error is a
// *SyntaxError.
func Parse(name, source string) (*Cell, error) {
	pieces, directives, err := split(source)
	if err != nil {
		return nil, err
	}
	c := &Cell{Name: name, Pieces: pieces, Directives: directives}
	if err := c.parse(); err != nil {
		return nil, err
	}
	return c, nil
}

// Code is a piece as it can stand in a file, with a comment that gives its position.
func (c *Cell) Code(p Piece) string {
	return fmt.Sprintf("%s/*line %s:%d:%d*/%s", p.prefix, c.Name, p.Line, p.Column, p.Text)
}

// Statements says whether the cell has any.
func (c *Cell) Statements() bool {
	for _, p := range c.Pieces {
		if p.Kind == Statement {
			return true
		}
	}
	return false
}

// parse gives every piece its node, and cuts groups of imports and types.
func (c *Cell) parse() error {
	var imports, declarations, body strings.Builder
	for _, p := range c.Pieces {
		code := c.Code(p) + "\n"
		switch p.Kind {
		case Package:
		case Import:
			imports.WriteString(code)
		case Statement:
			body.WriteString(code)
		default:
			declarations.WriteString(code)
		}
	}
	files := token.NewFileSet()
	text := "package p\n" + imports.String() + declarations.String() + "func _() {\n" + body.String() + "}\n"
	file, err := parser.ParseFile(files, "", text, parser.ParseComments)
	if list, ok := err.(scanner.ErrorList); ok && len(list) > 0 {
		list.Sort()
		return &SyntaxError{list[0].Pos.Line, list[0].Pos.Column, list[0].Msg}
	} else if err != nil {
		return &SyntaxError{1, 1, err.Error()}
	}
	statements := file.Decls[len(file.Decls)-1].(*ast.FuncDecl).Body.List
	rest := map[bool][]ast.Decl{}
	for _, d := range file.Decls[:len(file.Decls)-1] {
		g, ok := d.(*ast.GenDecl)
		isImport := ok && g.Tok == token.IMPORT
		rest[isImport] = append(rest[isImport], d)
	}
	var pieces []Piece
	for _, p := range c.Pieces {
		switch p.Kind {
		case Package:
			pieces = append(pieces, p)
		case Statement:
			// An empty statement has no node, and a piece may hold no more than one.
			if len(statements) == 0 {
				return &SyntaxError{p.Line, p.Column, "expected a statement"}
			}
			p.Node, statements = statements[0], statements[1:]
			pieces = append(pieces, p)
		default:
			left := rest[p.Kind == Import]
			if len(left) == 0 {
				return &SyntaxError{p.Line, p.Column, "expected a declaration"}
			}
			p.Node, rest[p.Kind == Import] = left[0], left[1:]
			pieces = append(pieces, ungroup(files, text, p)...)
		}
	}
	if len(statements) > 0 {
		at := files.Position(statements[0].Pos())
		return &SyntaxError{at.Line, at.Column, "unexpected statement"}
	}
	c.Pieces, c.global = pieces, map[any]bool{}
	for _, p := range pieces {
		if p.Kind != Statement {
			for _, id := range p.identifiers() {
				c.global[id.Obj] = true
			}
		}
	}
	return nil
}

// ungroup makes a piece of each import and type of a group in brackets. Groups of other
// kinds stay: in them a line may mean what the one before it does.
func ungroup(files *token.FileSet, text string, p Piece) []Piece {
	g, ok := p.Node.(*ast.GenDecl)
	if !ok || !g.Lparen.IsValid() || p.Kind != Import && p.Kind != Type {
		return []Piece{p}
	}
	var pieces []Piece
	for _, spec := range g.Specs {
		at := files.Position(spec.Pos())
		from, to := files.PositionFor(spec.Pos(), false).Offset, files.PositionFor(spec.End(), false).Offset
		pieces = append(pieces, Piece{
			Kind: p.Kind, Text: text[from:to], Line: at.Line, Column: at.Column, prefix: g.Tok.String() + " ",
			Node: &ast.GenDecl{TokPos: spec.Pos(), Tok: g.Tok, Specs: []ast.Spec{spec}},
		})
	}
	return pieces
}
