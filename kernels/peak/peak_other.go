//go:build !amd64 || purego

package peak

func read(b []byte) { readRef(b) }

func multiplyAdd(rounds int) int64 { return multiplyAddRef(rounds) }
