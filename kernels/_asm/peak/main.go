// Command peak writes the AVX2 loops of package peak.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/qwen-agent/qwen-agent/kernels/_asm/kit"
)

func main() {
	ConstraintExpr("!purego")

	kit.Func("read128", "func(p *byte, n int)", "read128 reads n bytes, a multiple of 128.")
	p, n := kit.Arg("p"), kit.Arg("n")
	kit.Loop("next", n, 128, func() {
		for i := range 4 {
			VMOVDQU(Mem{Base: p, Disp: 32 * i}, YMM())
		}
		kit.Add(128, p)
	})
	VZEROUPPER()
	RET()

	kit.Func("multiply16", "func(n int)",
		"multiply16 multiplies 32 pairs of bytes and adds the products to 16 sums, 12 times in each of n rounds, all of them independent.")
	n = kit.Arg("n")
	var sums [12]reg.VecVirtual
	for i := range sums {
		sums[i] = YMM()
		VPXOR(sums[i], sums[i], sums[i])
	}
	a, b := YMM(), YMM()
	VPXOR(a, a, a)
	VPXOR(b, b, b)
	kit.Loop("next", n, 1, func() {
		for _, s := range sums {
			t := YMM()
			VPMADDUBSW(a, b, t)
			VPADDW(t, s, s)
		}
	})
	VZEROUPPER()
	RET()
	Generate()
}
