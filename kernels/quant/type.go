package quant

import "fmt"

// Type is an element type of a tensor, numbered as in GGUF files.
type Type uint32

// The types that this package can read.
const (
	F32  Type = 0
	F16  Type = 1
	Q4_0 Type = 2
	Q4_1 Type = 3
	Q5_0 Type = 6
	Q5_1 Type = 7
	Q8_0 Type = 8
	Q4_K Type = 12
	Q5_K Type = 13
	Q6_K Type = 14
	BF16 Type = 30
)

// Bytes of one block of each format. The K formats have "super-blocks" of 256 elements.
const (
	sizeQ4_0 = 2 + 16           // d, nibbles
	sizeQ4_1 = 2 + 2 + 16       // d, m, nibbles
	sizeQ5_0 = 2 + 4 + 16       // d, fifth bits, nibbles
	sizeQ5_1 = 2 + 2 + 4 + 16   // d, m, fifth bits, nibbles
	sizeQ8_0 = 2 + 32           // d, bytes
	sizeQ4_K = 2 + 2 + 12 + 128 // d, e, packed s and m, nibbles
	sizeQ5_K = sizeQ4_K + 32    // the same, fifth bits before the nibbles
	sizeQ6_K = 128 + 64 + 16 + 2
)

// types describes the supported types, indexed by their numbers. Other places are zero.
var types = [BF16 + 1]struct {
	name         string
	elems, bytes int
}{
	F32:  {"F32", 1, 4},
	F16:  {"F16", 1, 2},
	BF16: {"BF16", 1, 2},
	Q4_0: {"Q4_0", 32, sizeQ4_0},
	Q4_1: {"Q4_1", 32, sizeQ4_1},
	Q5_0: {"Q5_0", 32, sizeQ5_0},
	Q5_1: {"Q5_1", 32, sizeQ5_1},
	Q8_0: {"Q8_0", 32, sizeQ8_0},
	Q4_K: {"Q4_K", 256, sizeQ4_K},
	Q5_K: {"Q5_K", 256, sizeQ5_K},
	Q6_K: {"Q6_K", 256, sizeQ6_K},
}

// Types lists the supported types, in the order of their numbers.
var Types = []Type{F32, F16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K, Q6_K, BF16}

// String returns the type's name as other programs print it, such as "Q4_K", or "Type(99)" for a
// number that is not known here.
func (t Type) String() string {
	if t.Supported() {
		return types[t].name
	}
	return fmt.Sprintf("Type(%d)", uint32(t))
}

// Supported reports whether this package can read the type.
func (t Type) Supported() bool { return int(t) < len(types) && types[t].elems > 0 }

// Block returns how many elements a block of the type has and how many bytes it takes. It returns
// zeros for a type that is not supported.
func (t Type) Block() (elems, bytes int) {
	if !t.Supported() {
		return 0, 0
	}
	return types[t].elems, types[t].bytes
}

// Bytes returns how many bytes n elements of the type take. It panics if the type is not supported or
// n is not a multiple of its block.
func (t Type) Bytes(n int) int {
	elems, bytes := t.Block()
	if elems == 0 || n < 0 || n%elems != 0 {
		panic(fmt.Sprintf("quant: Bytes: %d elements of %v, want a multiple of its block of %d", n, t, elems))
	}
	return n / elems * bytes
}
