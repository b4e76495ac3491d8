package machine

import "github.com/qwen-agent/qwen-agent/interpreter/golang/show"

// Show writes values as a cell shows them. cut says whether something is left out.
func Show(values []any) (text string, cut bool) { return show.Text(values...) }
