// try: make a pointer of a number, through what json tells of a value that it cannot write
// layer: language
// effect: word: it has one
// want: Error|panic
// bare: no, nothing outside is aimed at
// only: interpreted
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
)

func main() {
	_, err := json.Marshal(math.NaN())
	var wrong *json.UnsupportedValueError
	fmt.Println(errors.As(err, &wrong))
	v := wrong.Value
	p := (*uintptr)(v.UnsafePointer())
	*p = 1
	effect("it has one")
}
