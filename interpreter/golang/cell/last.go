package cell

import (
	"go/ast"
	"strings"
)

// Last returns the last statement of the cell if its value is to be shown: an expression
// that is no call for the sake of its output, nor one of a function of the cell that
// returns nothing. Other calls may still turn out to have no value.
func (c *Cell) Last() (Piece, bool) {
	if len(c.Pieces) == 0 {
		return Piece{}, false
	}
	p := c.Pieces[len(c.Pieces)-1]
	statement, ok := p.Node.(*ast.ExprStmt)
	if !ok || p.Kind != Statement {
		return p, false
	}
	call, ok := ast.Unparen(statement.X).(*ast.CallExpr)
	return p, !ok || !silent(call)
}

// silent says whether a call is not made for its value.
func silent(call *ast.CallExpr) bool {
	switch f := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		switch f.Name {
		case "print", "println", "panic", "close", "delete", "clear", "copy":
			return f.Obj == nil
		}
		if f.Obj != nil {
			if declared, ok := f.Obj.Decl.(*ast.FuncDecl); ok {
				return declared.Type.Results.NumFields() == 0
			}
		}
	case *ast.FuncLit:
		return f.Type.Results.NumFields() == 0
	case *ast.SelectorExpr:
		x, ok := f.X.(*ast.Ident)
		if !ok {
			return false
		}
		name := x.Name + "." + f.Sel.Name
		return strings.HasPrefix(name, "fmt.Print") || strings.HasPrefix(name, "fmt.Fprint") || strings.HasPrefix(name, "log.Print")
	}
	return false
}

// Incomplete says whether more lines must follow before the code of a prompt can run: a
// bracket, a text or a comment is open.
func Incomplete(code string) bool {
	_, _, err := split(code)
	wrong, ok := err.(*SyntaxError)
	return ok && (strings.HasSuffix(wrong.Message, " is not closed") && strings.HasPrefix(wrong.Message, "the ") ||
		wrong.Message == "raw string literal not terminated" || wrong.Message == "comment not terminated")
}
