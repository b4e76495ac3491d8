package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/qwen-agent/qwen-agent/kernels/_asm/kit"
)

// float32Dot emits the product of two rows of n float32, n a multiple of 32, as 32 partial sums.
func float32Dot() {
	kit.Func("dotF32", "func(acc, w, x *float32, n int)",
		"dotF32 adds to 32 partial sums the products of n elements, a multiple of 32.")
	at, w, x, n := kit.Arg("acc"), kit.Arg("w"), kit.Arg("x"), kit.Arg("n")
	var acc [4]reg.VecVirtual
	for i := range acc {
		acc[i] = YMM()
		VMOVUPS(Mem{Base: at, Disp: 32 * i}, acc[i])
	}
	kit.Loop("next", n, 32, func() {
		for i := range acc {
			v := YMM()
			VMOVUPS(Mem{Base: x, Disp: 32 * i}, v)
			VMULPS(Mem{Base: w, Disp: 32 * i}, v, v)
			VADDPS(v, acc[i], acc[i])
		}
		kit.Add(128, w)
		kit.Add(128, x)
	})
	for i := range acc {
		VMOVUPS(acc[i], Mem{Base: at, Disp: 32 * i})
	}
	VZEROUPPER()
	RET()
}
