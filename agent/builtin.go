package agent

import (
	"github.com/qwen-agent/qwen-agent/tools"
	"github.com/qwen-agent/qwen-agent/tools/calc"
	"github.com/qwen-agent/qwen-agent/tools/code"
	"github.com/qwen-agent/qwen-agent/tools/files"
	"github.com/qwen-agent/qwen-agent/tools/plot"
)

// Builtin returns a new registry with the tools that come with qwen-agent. A program adds
// its own to it.
func Builtin() *tools.Registry {
	var r tools.Registry
	r.Register("calc", calc.Open)
	r.Register("files", files.Open)
	r.Register("go", code.OpenGo)
	r.Register("plot", plot.Open)
	r.Register("python", code.OpenPython)
	return &r
}
