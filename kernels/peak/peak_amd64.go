//go:build amd64 && !purego

package peak

import "github.com/qwen-agent/qwen-agent/kernels/variant"

func read(b []byte) {
	n := 0
	if variant.UseAVX2() {
		if n = len(b) &^ 127; n > 0 {
			read128(&b[0], n)
		}
	}
	readRef(b[n:])
}

func multiplyAdd(rounds int) int64 {
	switch {
	case rounds <= 0 || !variant.UseAVX2():
		return multiplyAddRef(rounds)
	case variant.UseVNNI():
		multiply64(rounds)
		return 2 * 64 * 12 * int64(rounds)
	}
	multiply16(rounds)
	return 2 * 32 * 12 * int64(rounds)
}
