// Command prefetch writes the kernel of package prefetch.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"

	"github.com/qwen-agent/qwen-agent/kernels/_asm/kit"
)

func main() {
	ConstraintExpr("!purego")
	kit.Func("lines", "func(p *byte, n int)", "lines asks for n lines of 64 bytes from p on to be brought into the first cache.")
	p, n := kit.Arg("p"), kit.Arg("n")
	kit.Loop("next", n, 1, func() {
		PREFETCHT0(Mem{Base: p})
		kit.Add(64, p)
	})
	RET()
	Generate()
}
