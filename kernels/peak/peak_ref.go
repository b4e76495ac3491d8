package peak

import (
	"encoding/binary"
	"sync/atomic"
)

// readRef reads words of 64 bits.
func readRef(b []byte) {
	var a0, a1, a2, a3 uint64
	for ; len(b) >= 32; b = b[32:] {
		a0 |= binary.LittleEndian.Uint64(b)
		a1 |= binary.LittleEndian.Uint64(b[8:])
		a2 |= binary.LittleEndian.Uint64(b[16:])
		a3 |= binary.LittleEndian.Uint64(b[24:])
	}
	for _, v := range b {
		a0 |= uint64(v)
	}
	keep(int64(a0 | a1 | a2 | a3))
}

const refPairs = 1024

// multiplyAddRef is a round of 1,024 pairs of bytes, as the meaning of a product has them.
func multiplyAddRef(rounds int) int64 {
	var a, b [refPairs]int8
	for i := range a {
		a[i], b[i] = int8(i), int8(3*i)
	}
	var sum int32
	for range rounds {
		for i := range a {
			sum += int32(a[i]) * int32(b[i])
		}
	}
	keep(int64(sum))
	return 2 * refPairs * int64(rounds)
}

var kept atomic.Int64

// keep stands for a use of v, without which the compiler would leave the loop out that makes it.
func keep(v int64) {
	if v == kept.Load() {
		kept.Store(v + 1)
	}
}
