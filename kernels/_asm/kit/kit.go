// Package kit has what the generators share: vectors of constants, and loops.
package kit

import (
	"fmt"
	"math"
	"strings"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

var constants = map[string]Mem{}

// Bytes returns read-only memory with these bytes, of which there is one copy in a file.
func Bytes(b ...byte) Mem {
	var name strings.Builder
	name.WriteString("c")
	for i := 0; i < len(b); {
		n := 1
		for i+n < len(b) && b[i+n] == b[i] {
			n++
		}
		fmt.Fprintf(&name, "_%02x", b[i])
		if n > 1 {
			fmt.Fprintf(&name, "x%d", n)
		}
		i += n
	}
	key := name.String()
	if m, ok := constants[key]; ok {
		return m
	}
	m := GLOBL(fmt.Sprintf("const%d", len(constants)), attr.RODATA|attr.NOPTR)
	for i := 0; i < len(b); i += 8 {
		var v uint64
		for j := range 8 {
			v |= uint64(b[i+j]) << (8 * j)
		}
		DATA(i, U64(v))
	}
	constants[key] = m
	return m
}

// Repeat8 returns 32 bytes of the same value.
func Repeat8(v byte) Mem {
	b := make([]byte, 32)
	for i := range b {
		b[i] = v
	}
	return Bytes(b...)
}

// Repeat16 returns 32 bytes of the same 16-bit value.
func Repeat16(v int16) Mem {
	b := make([]byte, 32)
	for i := range b {
		b[i] = byte(uint16(v) >> (8 * (i % 2)))
	}
	return Bytes(b...)
}

// Repeat32 returns 32 bytes of the same 32-bit value.
func Repeat32(v uint32) Mem {
	b := make([]byte, 32)
	for i := range b {
		b[i] = byte(v >> (8 * (i % 4)))
	}
	return Bytes(b...)
}

// RepeatF returns 32 bytes of the same float32.
func RepeatF(v float64) Mem { return Repeat32(math.Float32bits(float32(v))) }

// held are the constants that the current function keeps in registers.
var held = map[Mem]reg.VecVirtual{}

// Hold loads constants into registers. C then returns these.
func Hold(constants ...Mem) {
	for _, m := range constants {
		if held[m] == nil {
			held[m] = YMM()
			VMOVDQU(m, held[m])
		}
	}
}

// HoldWide is Hold for functions with vectors of 64 bytes, which have the constant twice.
func HoldWide(constants ...Mem) {
	for _, m := range constants {
		if held[m] == nil {
			held[m] = ZMM()
			VBROADCASTI64X4(m, held[m])
		}
	}
}

// C returns the register of a constant that is held, or its memory.
func C(m Mem) Op {
	if r := held[m]; r != nil {
		return r
	}
	return m
}

// Func starts a function that calls nothing and whose pointer arguments do not escape.
func Func(name, signature string, doc ...string) {
	TEXT(name, attr.NOSPLIT, signature)
	Doc(doc...)
	Pragma("noescape")
	clear(held)
}

// Arg returns a 64-bit parameter in a general register.
func Arg(name string) reg.GPVirtual {
	r := GP64()
	Load(Param(name), r)
	return r
}

// Loop emits body as long as count is not zero before it, taking step from count after it.
func Loop(label string, count reg.GPVirtual, step int, body func()) {
	TESTQ(count, count)
	JE(LabelRef(label + "Done"))
	Label(label)
	body()
	SUBQ(Imm(uint64(step)), count)
	JNE(LabelRef(label))
	Label(label + "Done")
}

// Add adds a constant to a general register.
func Add(n int, r reg.GPVirtual) { ADDQ(U32(n), r) }
