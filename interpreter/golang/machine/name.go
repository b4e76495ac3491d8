package machine

import (
	"go/types"
	"strconv"
	"strings"
)

// runtimeName is a type as reflection and the errors of Go's runtime write it.
func runtimeName(t types.Type) string {
	var w nameWriter
	w.write(t)
	return w.String()
}

type nameWriter struct{ strings.Builder }

func (w *nameWriter) write(t types.Type) {
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		w.WriteString(types.Typ[t.Kind()].String()) // uint8 for byte
	case *types.Named:
		if p := t.Obj().Pkg(); p != nil {
			w.WriteString(p.Name() + ".")
		}
		w.WriteString(t.Obj().Name())
		for i := range t.TypeArgs().Len() {
			w.WriteString([]string{"[", ","}[min(i, 1)])
			w.write(t.TypeArgs().At(i))
		}
		if t.TypeArgs().Len() > 0 {
			w.WriteByte(']')
		}
	case *types.Pointer:
		w.WriteByte('*')
		w.write(t.Elem())
	case *types.Slice:
		w.WriteString("[]")
		w.write(t.Elem())
	case *types.Array:
		w.WriteString("[" + strconv.FormatInt(t.Len(), 10) + "]")
		w.write(t.Elem())
	case *types.Map:
		w.WriteString("map[")
		w.write(t.Key())
		w.WriteByte(']')
		w.write(t.Elem())
	case *types.Chan:
		w.channel(t)
	case *types.Signature:
		w.WriteString("func")
		w.signature(t)
	case *types.Struct:
		w.structure(t)
	case *types.Interface:
		w.contract(t)
	default:
		w.WriteString(typeName(t))
	}
}

func (w *nameWriter) channel(t *types.Chan) {
	w.WriteString([...]string{types.SendRecv: "chan ", types.SendOnly: "chan<- ", types.RecvOnly: "<-chan "}[t.Dir()])
	if inner, ok := types.Unalias(t.Elem()).(*types.Chan); ok && t.Dir() == types.SendRecv && inner.Dir() == types.RecvOnly {
		w.WriteByte('(')
		w.write(inner)
		w.WriteByte(')')
		return
	}
	w.write(t.Elem())
}

// signature is what follows func or a method's name.
func (w *nameWriter) signature(t *types.Signature) {
	w.tuple(t.Params(), t.Variadic())
	switch t.Results().Len() {
	case 0:
	case 1:
		w.WriteByte(' ')
		w.write(t.Results().At(0).Type())
	default:
		w.WriteByte(' ')
		w.tuple(t.Results(), false)
	}
}

func (w *nameWriter) tuple(t *types.Tuple, variadic bool) {
	w.WriteByte('(')
	for i := range t.Len() {
		if i > 0 {
			w.WriteString(", ")
		}
		if s, ok := t.At(i).Type().(*types.Slice); ok && variadic && i == t.Len()-1 {
			w.WriteString("...")
			w.write(s.Elem())
		} else {
			w.write(t.At(i).Type())
		}
	}
	w.WriteByte(')')
}

func (w *nameWriter) structure(t *types.Struct) {
	w.list("struct", t.NumFields(), func(i int) {
		if f := t.Field(i); !f.Embedded() {
			w.WriteString(f.Name() + " ")
		}
		w.write(t.Field(i).Type())
		if tag := t.Tag(i); tag != "" {
			w.WriteString(" " + strconv.Quote(tag))
		}
	})
}

func (w *nameWriter) contract(t *types.Interface) {
	w.list("interface", t.NumMethods(), func(i int) {
		m := t.Method(i)
		if !m.Exported() && m.Pkg() != nil {
			w.WriteString(m.Pkg().Name() + ".")
		}
		w.WriteString(m.Name())
		w.signature(m.Signature())
	})
}

// list writes the parts of a struct or an interface.
func (w *nameWriter) list(word string, n int, part func(int)) {
	w.WriteString(word + " {")
	for i := range n {
		w.WriteString([]string{" ", "; "}[min(i, 1)])
		part(i)
	}
	if n > 0 {
		w.WriteByte(' ')
	}
	w.WriteByte('}')
}
