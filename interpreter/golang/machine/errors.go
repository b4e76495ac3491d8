package machine

import (
	"errors"
	"go/types"
	"unsafe"

	"github.com/qwen-agent/qwen-agent/interpreter/golang/library"
)

func init() { library.Replace("errors", "As", as) }

// as is errors.As for a target whose type compiled code does not know.
func as(err error, target any) bool {
	b, ok := open(target).(Box)
	if !ok {
		return errors.As(err, target)
	}
	to, ok := b.T.of.Underlying().(*types.Pointer)
	if !ok || b.V.(unsafe.Pointer) == nil {
		panic("errors: target must be a non-nil pointer")
	}
	m := theMachine.Load()
	elem := m.typ(to.Elem())
	if elem.class != iface && !types.Implements(elem.of, types.Universe.Lookup("error").Type().Underlying().(*types.Interface)) {
		panic("errors: *target must be interface or implement error")
	}
	take := m.asserter(elem)
	var look func(err error) bool
	look = func(err error) bool {
		for err != nil {
			if v, ok := take(err); ok {
				elem.store(b.V.(unsafe.Pointer), v)
				return true
			}
			if e, ok := open(err).(Box); ok && e.hasAs("As", "func(any) bool") && e.call("As", target)[0].(bool) {
				return true
			}
			switch u := err.(type) {
			case interface{ Unwrap() error }:
				err = u.Unwrap()
			case interface{ Unwrap() []error }:
				for _, e := range u.Unwrap() {
					if look(e) {
						return true
					}
				}
				return false
			default:
				return false
			}
		}
		return false
	}
	return look(err)
}
