package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/qwen-agent/qwen-agent/kernels/_asm/kit"
)

// score emits the products of m queries with columns of keys.
func score(m int) {
	kit.Func(fmt.Sprintf("score%d", m), "func(dst *float32, q *int16, qStep *float32, keys *int16, kStep *float32, dim, n int)",
		fmt.Sprintf("score%d multiplies %d queries of dim steps, a multiple of 4, with n keys, a multiple of 16.", m, m))
	dst, q, qStep, keys, kStep, n := kit.Arg("dst"), kit.Arg("q"), kit.Arg("qStep"), kit.Arg("keys"), kit.Arg("kStep"), kit.Arg("n")
	stride := kit.Arg("dim")
	SHLQ(Imm(1), stride)
	query, advance := rows(m, q, stride)
	kit.Loop("columns", n, 16, func() {
		var acc [group][2]reg.VecVirtual
		for i := range m {
			acc[i] = [2]reg.VecVirtual{zero(), zero()}
		}
		at, left := GP64(), GP64()
		MOVQ(keys, at)
		Load(Param("dim"), left)
		kit.Loop("next", left, 4, func() {
			for pair := range 2 {
				var k [2]reg.VecVirtual
				for j := range k {
					k[j] = YMM()
					VMOVDQU(Mem{Base: at, Disp: 4*block*pair + 32*j}, k[j])
				}
				for i := range m {
					x, t := YMM(), YMM()
					VPBROADCASTD(query(i).Offset(4*pair), x)
					VPMADDWD(x, k[0], t)
					VPADDD(t, acc[i][0], acc[i][0])
					VPMADDWD(x, k[1], x)
					VPADDD(x, acc[i][1], acc[i][1])
				}
			}
			advance(8)
			kit.Add(8*block, at)
		})
		back := GP64()
		MOVQ(stride, back)
		NEGQ(back)
		advanceBy(m, query, back)
		var step [2]reg.VecVirtual
		for j := range step {
			step[j] = YMM()
			VMOVUPS(Mem{Base: kStep, Disp: 32 * j}, step[j])
		}
		for i := range m {
			x := YMM()
			VBROADCASTSS(Mem{Base: qStep, Disp: 4 * i}, x)
			for j := range 2 {
				VCVTDQ2PS(acc[i][j], acc[i][j])
				VMULPS(step[j], acc[i][j], acc[i][j])
				VMULPS(x, acc[i][j], acc[i][j])
				VMOVUPS(acc[i][j], Mem{Base: dst, Disp: 4*block*i + 32*j})
			}
		}
		kit.Add(64, keys)
		kit.Add(64, kStep)
		kit.Add(64, dst)
	})
	VZEROUPPER()
	RET()
}

// advanceBy moves the rows by as many bytes as a register says.
func advanceBy(m int, row func(i int) Mem, n reg.GPVirtual) {
	ADDQ(n, row(0).Base)
	if m > 4 {
		ADDQ(n, row(4).Base)
	}
}

// stripe is some vectors of neighbouring elements.
type stripe struct {
	width, bytes int // vectors, and bytes of each
	vector       func() reg.VecVirtual
}

// mix emits o = o·shrink + weights·values for m queries. Each element is one chain of fused additions in
// the order of the values. Elements are taken in the stripes, first as often as possible in the first.
func mix(variant string, m int, stripes ...stripe) {
	name := fmt.Sprintf("mix%s%d", variant, m)
	kit.Func(name, "func(o, shrink, weights, values *float32, n, dim int)",
		fmt.Sprintf("%s adds n weighted values of dim elements to the sums of %d queries; n is a multiple of 4,", name, m),
		"dim one of 8.")
	o, shrink, weights, values, n, dim := kit.Arg("o"), kit.Arg("shrink"), kit.Arg("weights"), kit.Arg("values"), kit.Arg("n"), kit.Arg("dim")
	stride := GP64()
	MOVQ(dim, stride)
	SHLQ(Imm(2), stride)
	for i, s := range stripes {
		elements := uint64(s.width * s.bytes / 4)
		Label(fmt.Sprintf("columns%d", i))
		SUBQ(Imm(elements), dim)
		JL(LabelRef(fmt.Sprintf("fewer%d", i)))
		mixStripe(fmt.Sprintf("next%d", i), m, s, o, shrink, weights, values, n, stride)
		JMP(LabelRef(fmt.Sprintf("columns%d", i)))
		Label(fmt.Sprintf("fewer%d", i))
		ADDQ(Imm(elements), dim)
	}
	VZEROUPPER()
	RET()
}

// mixStripe emits mix for one stripe, and brings o and values to the next.
func mixStripe(label string, m int, s stripe, o, shrink, weights, values, n, stride reg.GPVirtual) {
	acc := make([][]reg.VecVirtual, m)
	at := GP64()
	MOVQ(o, at)
	for i := range m {
		x := s.vector()
		VBROADCASTSS(Mem{Base: shrink, Disp: 4 * i}, x)
		for j := range s.width {
			acc[i] = append(acc[i], s.vector())
			VMULPS(Mem{Base: at, Disp: s.bytes * j}, x, acc[i][j])
		}
		if i < m-1 {
			ADDQ(stride, at)
		}
	}
	from, w, left := GP64(), GP64(), GP64()
	MOVQ(values, from)
	MOVQ(weights, w)
	MOVQ(n, left)
	kit.Loop(label, left, 4, func() {
		for p := range 4 {
			v := make([]reg.VecVirtual, s.width)
			for j := range v {
				v[j] = s.vector()
				VMOVUPS(Mem{Base: from, Disp: s.bytes * j}, v[j])
			}
			for i := range m {
				x := s.vector()
				VBROADCASTSS(Mem{Base: w, Disp: 4*block*i + 4*p}, x)
				for j := range v {
					VFMADD231PS(v[j], x, acc[i][j])
				}
			}
			ADDQ(stride, from)
		}
		kit.Add(16, w)
	})
	MOVQ(o, at)
	for i := range m {
		for j := range s.width {
			VMOVUPS(acc[i][j], Mem{Base: at, Disp: s.bytes * j})
		}
		if i < m-1 {
			ADDQ(stride, at)
		}
	}
	kit.Add(s.bytes*s.width, values)
	kit.Add(s.bytes*s.width, o)
}
