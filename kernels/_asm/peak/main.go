// Command peak writes the loops of package peak: those of AVX2, or with -vnni the one of AVX-512 VNNI.
package main

import (
	"flag"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/qwen-agent/qwen-agent/kernels/_asm/kit"
)

func main() {
	vnni := flag.Bool("vnni", false, "write the loop of AVX-512 VNNI")
	flag.Parse()
	ConstraintExpr("!purego")
	if *vnni {
		multiply("multiply64", "multiplies 64 pairs of bytes and adds the products to 16 sums", ZMM, func(a, b, sum reg.VecVirtual) {
			VPDPBUSD(a, b, sum)
		})
	} else {
		read()
		multiply("multiply16", "multiplies 32 pairs of bytes and adds the products to 16 sums", YMM, func(a, b, sum reg.VecVirtual) {
			t := YMM()
			VPMADDUBSW(a, b, t)
			VPADDW(t, sum, sum)
		})
	}
	Generate()
}

func read() {
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
}

// multiply writes a loop of products whose factors stay in registers.
func multiply(name, does string, vector func() reg.VecVirtual, step func(a, b, sum reg.VecVirtual)) {
	kit.Func(name, "func(n int)", name+" "+does+", 12 times in each of n rounds, all of them independent.")
	n := kit.Arg("n")
	var sums [12]reg.VecVirtual
	for i := range sums {
		sums[i] = vector()
		VXORPS(sums[i], sums[i], sums[i])
	}
	a, b := vector(), vector()
	VXORPS(a, a, a)
	VXORPS(b, b, b)
	kit.Loop("next", n, 1, func() {
		for _, s := range sums {
			step(a, b, s)
		}
	})
	VZEROUPPER()
	RET()
}
