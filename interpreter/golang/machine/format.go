package machine

import "fmt"

// Format prints a Box as fmt prints what is in it.
func (b Box) Format(s fmt.State, verb rune) { fmt.Fprintf(s, fmt.FormatString(s, verb), b.V) }
