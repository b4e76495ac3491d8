package show

import _ "embed"

// Source is the text of this package but for this file. A program that is compiled for a
// cell is linked with what it makes.
//
//go:embed show.go
var Source string
