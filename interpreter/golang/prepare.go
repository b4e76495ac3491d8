package golang

import (
	"errors"

	"golang.org/x/tools/go/ssa"

	"github.com/qwen-agent/qwen-agent/interpreter/golang/cell"
	"github.com/qwen-agent/qwen-agent/interpreter/golang/machine"
	"github.com/qwen-agent/qwen-agent/interpreter/wire"
)

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
