// try: read and change what has no name, through a reflected value
// layer: session
// effect: parent: the session does not say what became of it
// want: Error|panic|value
// limits: memory=256MB
// bare: no, the parent sees it without a sandbox too
// only: interpreted
package main

import (
	"encoding/json"
	"fmt"
)

type loop struct{ Next *loop }

func main() {
	l := &loop{}
	l.Next = l
	_, err := json.Marshal(l)
	wrong, ok := err.(*json.UnsupportedValueError)
	fmt.Println("value", ok, err)
	if ok {
		for i := range wrong.Value.Type().NumMethod() {
			fmt.Println(wrong.Value.Type().Method(i).Name)
		}
		fmt.Println(wrong.Value.Elem().Field(0).CanSet())
	}
}
