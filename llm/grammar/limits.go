package grammar

import "fmt"

// Limits bounds what a grammar lets a model write where nothing else does, so that a
// model that repeats itself comes to an end. A field that is 0 has its default.
type Limits struct {
	Thought   int // characters of a turn's thought; default 200
	String    int // characters of a string without maxLength, and of an answer in words; default 4096
	Code      int // characters of a block of code; default 8192
	Digits    int // of an integer, of the part before the point and of the part after it; default 16, at most 18
	Items     int // of an array without maxItems, and properties of an object without names; default 256
	Name      int // characters of a property's name where the schema gives no names; default 64
	Recursion int // times that a schema may stand inside itself; default 8
	Depth     int // arrays and objects inside one another where any value is allowed; default 4
}

// maxLimit is what a limit may be at most; a counter costs nothing, but no one needs more.
const maxLimit = 1 << 28

func (l Limits) complete() (Limits, error) {
	for _, f := range []struct {
		name           string
		value          *int
		standard, most int
	}{
		{"Thought", &l.Thought, 200, maxLimit},
		{"String", &l.String, 4096, maxLimit},
		{"Code", &l.Code, 8192, maxLimit},
		{"Digits", &l.Digits, 16, 18},
		{"Items", &l.Items, 256, maxLimit},
		{"Name", &l.Name, 64, maxLimit},
		{"Recursion", &l.Recursion, 8, 64},
		{"Depth", &l.Depth, 4, 64},
	} {
		if *f.value == 0 {
			*f.value = f.standard
		}
		if *f.value < 0 || *f.value > f.most {
			return l, fmt.Errorf("grammar: limit %s is %d, want 1 to %d, or 0 for %d", f.name, *f.value, f.most, f.standard)
		}
	}
	return l, nil
}
